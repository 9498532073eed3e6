/**
 * Whatever tests, CDK and its command line write into the system's folder for temporary files lies in one folder of the run's own,
 * and goes with the run. Workers are started afterwards and inherit it.
 */
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

module.exports = () => {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-tests-'));
  // As `os.tmpdir()` asks for it, on every system.
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
};
