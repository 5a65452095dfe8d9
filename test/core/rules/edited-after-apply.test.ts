import { check } from "../../support/review";

const users = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
`;

describe("edited-after-apply", () => {
  it("finds a file with other statements than were applied", () =>
    check(`${users}
//- /applied/0002_name.sql
ALTER TABLE users ADD COLUMN name TEXT;
//- /migrations/0002_name.sql
ALTER TABLE users ADD COLUMN name TEXT DEFAULT '';
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ edited-after-apply changed after it was applied
`));

  it("does not mind comments and blanks, and knows nothing of files that were not kept", () =>
    check(`${users}
//- /applied/0002_name.sql
ALTER TABLE users ADD COLUMN name TEXT;
//- /migrations/0002_name.sql
-- The name as shown.
ALTER TABLE users
  ADD COLUMN name TEXT; /* no default */
//- /migrations/0003_city.sql
ALTER TABLE users ADD COLUMN city TEXT;
`));

  it("knows folders by the name that wrangler notes", () =>
    check(`
//- /applied/0001_init/migration.sql
CREATE TABLE users (id INTEGER PRIMARY KEY);
//- /migrations/0001_init/migration.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ edited-after-apply
`));
});
