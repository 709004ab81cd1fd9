UPDATE dead_letters_identity SET identity = '00000000-0000-4000-8000-000000000001';
