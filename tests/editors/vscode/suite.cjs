// Runs inside the extension host of VS Code, with its whole interface. VS Code calls `run`; the report is a file.
const fs = require("node:fs");

const claims = {
  ...require("./claims/review.cjs"),
  ...require("./claims/routes.cjs"),
  ...require("./claims/settings.cjs"),
};
/** After so many failures the rest would only wait in vain. */
const MOST_FAILURES = 3;

exports.run = async () => {
  const results = {};
  for (const [claim, check] of Object.entries(claims)) {
    try {
      await check();
      results[claim] = "";
    } catch (error) {
      results[claim] = error.stack;
    }
    if (Object.values(results).filter(Boolean).length === MOST_FAILURES) {
      break;
    }
  }
  fs.writeFileSync(process.env.FASTIDIOUS_REPORT, JSON.stringify(results));
};
