-- When the directory was asked what is known of somebody: an answer to an earlier question, which comes late, changes
-- nothing. Of what was heard before this was kept it is not known.
ALTER TABLE subjects ADD COLUMN heard INTEGER;
