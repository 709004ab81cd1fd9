"""Pure text analysis: language, sentiment, entities, keywords; and the process pool that runs it.
May import schemas. No database, no broker: texts in, analyses out.
"""
