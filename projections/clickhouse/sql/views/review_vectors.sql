CREATE OR REPLACE VIEW $views.review_vectors $on_cluster AS
SELECT * EXCEPT (is_deleted) FROM $database.review_vectors FINAL
