import { check } from "../../support/review";

const teams = (action: string): string => `
//- /migrations/0001_init.sql
CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE members (id INTEGER PRIMARY KEY, team_id INTEGER REFERENCES teams (id) ${action});
CREATE INDEX members_team_id ON members (team_id);
`;
const rebuild = `
CREATE TABLE new_teams (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO new_teams SELECT id, name FROM teams;
DROP TABLE teams;
ALTER TABLE new_teams RENAME TO teams;
PRAGMA foreign_keys=ON;
`;

const lossy = rebuild.replace("DROP TABLE teams;", "DROP TABLE teams;\n^^^^^^^^^^^^^^^^ rebuild-loses-rows");

describe("ignored-pragma", () => {
  it("says what the DROP TABLE of a rebuild does then", () =>
    check(`${teams("ON DELETE CASCADE")}
//- /migrations/0002_rebuild.sql
PRAGMA foreign_keys=OFF;
^^^^^^^^^^^^^^^^^^^^^^^ ignored-pragma the DROP TABLE of \`teams\` deletes the rows of \`members\` too
${lossy}`));

  it("tells the actions apart", async () => {
    await check(`${teams("ON DELETE SET NULL")}
//- /migrations/0002_rebuild.sql
PRAGMA foreign_keys = 0;
^^^^^^^^^^^^^^^^^^^^^^^ ignored-pragma empties \`team_id\` in \`members\`
${lossy}`);
    await check(`${teams("")}
//- /migrations/0002_rebuild.sql
pragma foreign_keys(off);
^^^^^^^^^^^^^^^^^^^^^^^^ ignored-pragma fails where rows of \`members\` belong to its rows
${rebuild}`);
  });

  it("is silent where foreign keys change nothing", () =>
    check(`${teams("ON DELETE CASCADE")}
//- /migrations/0002_child.sql
PRAGMA foreign_keys=OFF;
CREATE TABLE new_members (id INTEGER PRIMARY KEY, team_id INTEGER REFERENCES teams (id) ON DELETE CASCADE);
INSERT INTO new_members SELECT id, team_id FROM members;
DROP TABLE members;
ALTER TABLE new_members RENAME TO members;
CREATE INDEX members_team_id ON members (team_id);
PRAGMA foreign_keys=ON;
//- /migrations/0003_on.sql
PRAGMA foreign_keys=ON;
DELETE FROM teams WHERE name IS NULL;
`));

  it("sees a copy into a table with a foreign key more, and rows in the wrong order", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE members (id INTEGER PRIMARY KEY, team_id INTEGER);
//- /migrations/0002_key.sql
PRAGMA foreign_keys=OFF;
^^^^^^^^^^^^^^^^^^^^^^^ ignored-pragma the copy into \`new_members\` fails for rows whose \`team_id\` is not in \`teams\`
CREATE TABLE new_members (id INTEGER PRIMARY KEY, team_id INTEGER REFERENCES teams (id));
INSERT INTO new_members SELECT id, team_id FROM members;
DROP TABLE members;
ALTER TABLE new_members RENAME TO members;
CREATE INDEX members_team_id ON members (team_id);
//- /migrations/0003_rows.sql
PRAGMA foreign_keys=OFF;
^^^^^^^^^^^^^^^^^^^^^^^ ignored-pragma a statement after it fails
INSERT INTO members VALUES (1, 1);
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ failed-migration FOREIGN KEY constraint failed
INSERT INTO teams VALUES (1, 'a');
`));

  it("is about D1 alone", () =>
    check(`
//- /plumbline.json
{ "target": "sqlite" }
${teams("ON DELETE CASCADE")}
//- /migrations/0002_rebuild.sql
PRAGMA foreign_keys=OFF;
${rebuild}`));
});
