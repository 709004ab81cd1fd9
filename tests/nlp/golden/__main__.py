from tests.nlp.golden import main

main()
