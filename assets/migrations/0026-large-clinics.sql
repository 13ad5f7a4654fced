-- What a clinic with very many patients needs.

-- Those without a reading that counts, by their last upload: in the list by days without a reading they stand behind all others.
CREATE INDEX last_seen_without_reading ON last_seen (last_reading, last_upload, subject) WHERE last_reading = '';

-- Whoever has a family name and another word of a name is found without a look at all who have the family name. SQL cannot spell
-- names, so the words are made anew by the program (store::search::rebuild) in the same transaction.
DELETE FROM search_words;
