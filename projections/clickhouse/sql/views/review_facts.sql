CREATE OR REPLACE VIEW $views.review_facts $on_cluster AS
SELECT * EXCEPT (is_deleted) FROM $database.review_facts FINAL
