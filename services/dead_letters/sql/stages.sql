SELECT DISTINCT stage FROM dead_letters ORDER BY stage
