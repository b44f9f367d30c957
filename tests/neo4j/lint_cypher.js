// For lint_cypher.py: reads {schema, files: [{name, text, parameters}]} as JSON from stdin, lints each file as both
// Cypher versions, and prints the problems as JSON. The argument is the folder of @neo4j-cypher/language-support.
const fs = require("fs");
const { lintCypherQuery, testData } = require(process.argv[2]);

// Neo4j's own functions and procedures: a query that needs APOC or GDS does not run on every server.
const plain = (all) =>
  Object.fromEntries(
    Object.entries(all).map(([version, named]) => [
      version,
      Object.fromEntries(Object.entries(named).filter(([name]) => !/^(apoc|gds)\./.test(name))),
    ]),
  );
const { functions, procedures } = testData.mockSchema;
const known = { functions: plain(functions), procedures: plain(procedures) };

const { schema, files } = JSON.parse(fs.readFileSync(0, "utf8"));
const problems = [];
for (const { name, text, parameters } of files) {
  for (const version of ["CYPHER 5", "CYPHER 25"]) {
    const asked = { ...schema, ...known, parameters, defaultLanguage: version };
    for (const { range, message } of lintCypherQuery(text, asked).diagnostics) {
      problems.push({ name, version, line: range.start.line + 1, column: range.start.character + 1, message });
    }
  }
}
fs.writeFileSync(1, JSON.stringify(problems));
