SELECT feedback.review_id, feedback.revision, feedback.field, feedback.given_value AS given, feedback.right_value AS right,
       feedback.who, feedback.note, feedback.processing_version, feedback.disputed_at,
       CASE feedback.field WHEN 'label' THEN review.sentiment_label WHEN 'language' THEN review.language END AS now,
       review.revision = feedback.revision AS of_present_text
FROM public.review_feedback AS feedback
JOIN public.processed_reviews AS review USING (review_id)
WHERE feedback.tenant_id = %(tenant_id)s
  AND (%(review_id)s::uuid IS NULL OR feedback.review_id = %(review_id)s::uuid)
  AND (%(field)s::text IS NULL OR feedback.field = %(field)s::text)
  AND (%(who)s::text IS NULL OR feedback.who = %(who)s::text)
ORDER BY feedback.disputed_at DESC, feedback.position DESC
LIMIT %(limit)s
