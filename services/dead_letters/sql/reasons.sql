SELECT DISTINCT reason FROM dead_letters ORDER BY reason
