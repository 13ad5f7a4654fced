-- Names are found as they are respelled, and "aa" is a way to write a letter with a ring: "aagaard" and "agard" are one word
-- of the index. It is replaced last, as domain::text::respell does.
CREATE TEMP TABLE respelled AS
SELECT field, inactive, replace(word, 'aa', 'a') AS word, entry, patient
FROM search_words
WHERE field IN (1, 2) AND instr(word, 'aa');

DELETE FROM search_words WHERE field IN (1, 2) AND instr(word, 'aa');

INSERT OR IGNORE INTO search_words (field, inactive, word, entry, patient)
SELECT field, inactive, word, entry, patient FROM respelled;

DROP TABLE respelled;
