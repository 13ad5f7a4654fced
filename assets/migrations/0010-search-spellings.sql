-- Names are found in all their spellings: joined and apart, and in Latin letters whatever their script. SQL cannot spell them,
-- so the words are made anew by the program (store::search::rebuild) in the same transaction.
DELETE FROM search_words;
