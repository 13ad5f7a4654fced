-- Names are found as they are respelled: "mueller" and "muller" are one word of the index. `replace` goes from left to
-- right over what does not overlap, as domain::text::respell does, whose order this is.
CREATE TEMP TABLE respelled AS
SELECT field, inactive, replace(replace(replace(word, 'ae', 'a'), 'oe', 'o'), 'ue', 'u') AS word, entry, patient
FROM search_words
WHERE field IN (1, 2) AND (instr(word, 'ae') OR instr(word, 'oe') OR instr(word, 'ue'));

DELETE FROM search_words
WHERE field IN (1, 2) AND (instr(word, 'ae') OR instr(word, 'oe') OR instr(word, 'ue'));

INSERT OR IGNORE INTO search_words (field, inactive, word, entry, patient)
SELECT field, inactive, word, entry, patient FROM respelled;

DROP TABLE respelled;

-- Identifiers are found by their digits too: 1234567 for M1234567.
INSERT OR IGNORE INTO search_words (field, inactive, word, entry, patient)
SELECT field, inactive, ltrim(word, 'abcdefghijklmnopqrstuvwxyz'), entry, patient
FROM search_words
WHERE field = 3 AND word GLOB '[a-z]*' AND ltrim(word, 'abcdefghijklmnopqrstuvwxyz') <> '';
