// Says in one line, after the summary, which tests this machine could not run and why; CI runs them all.
class NotRunReporter {
  onRunComplete() {
    if (process.env.CFN_LINT) return;
    process.stderr.write(
      '\nnot run: cfn-lint over the templates of the examples, because CFN_LINT names no cfn-lint program (.ci/run installs one)\n',
    );
  }
}

module.exports = NotRunReporter;
