const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');

// Says after the summary, in a line each, what this run left out and why; CI leaves out nothing.
class NotRunReporter {
  onRunComplete() {
    const lines = [];
    if (!process.env.CFN_LINT) {
      lines.push(
        'cfn-lint over the templates of the examples: CFN_LINT names no cfn-lint program (.ci/run installs one)',
      );
    }
    const chromium = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'];
    if (!chromium.some((path) => path && existsSync(path))) {
      lines.push('the HTML report in a browser: CHROMIUM names no Chromium (.ci/run installs one as root)');
    }
    if (spawnSync('python3', ['--version']).status !== 0) {
      lines.push('colours on a terminal: there is no python3, which makes the terminal');
    }
    if (!process.env.FUZZ_JUDGEMENTS) {
      lines.push('most of the fuzz: 100,000 judgements instead of the 1,000,000 of CI (set FUZZ_JUDGEMENTS)');
    }
    if (!process.env.RANDOM_APPS) lines.push('most of the random apps: 24 instead of the 100 of CI (set RANDOM_APPS)');
    for (const line of lines) process.stderr.write(`\nnot run: ${line}`);
    if (lines.length > 0) process.stderr.write('\n');
  }
}

module.exports = NotRunReporter;
