// Makes the replica set and our user, or brings the user's password up to date. May be repeated.
const fs = require("fs");
const secret = (name) => fs.readFileSync(`/run/secrets/${name}`, "utf8").trim();
const admin = db.getSiblingDB("admin");
admin.auth("root", secret("mongo_root_password"));

try {
  rs.status();
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  rs.initiate({ _id: "rs0", members: [{ _id: 0, host: "mongo:27017" }] });
}
for (let waited = 0; !db.hello().isWritablePrimary; waited += 0.5) {
  if (waited > 60) throw new Error("no primary was elected within a minute");
  sleep(500);
}

const wanted = { pwd: secret("mongo_user_password"), roles: [{ role: "readWrite", db: "collection" }] };
if (admin.getUser("reviewstream")) {
  admin.updateUser("reviewstream", wanted);
} else {
  admin.createUser({ user: "reviewstream", ...wanted });
}
