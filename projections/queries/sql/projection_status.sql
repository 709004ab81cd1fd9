SELECT name, version, position, switched_at,
       (SELECT count(*) FROM parked_streams AS p WHERE (p.name, p.version) = (live.name, live.version)) AS parked
FROM projections AS live
WHERE state = 'live'
ORDER BY name
