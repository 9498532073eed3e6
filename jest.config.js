// Two projects: whatever needs aws-cdk-lib pays for loading it, the engine's tests do not.
const shared = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true } } }],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/packages/', '<rootDir>/cdk.out/', '<rootDir>/.cache/'],
};

/** @type {import('jest').Config} */
module.exports = {
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/test/not-run-reporter.js'],
  projects: [
    {
      ...shared,
      displayName: 'engine',
      testMatch: [
        '<rootDir>/test/*.test.ts',
        '<rootDir>/test/{policy,catalog,model,reach,checks,report,fuzz,bench,bin}/**/*.test.ts',
      ],
    },
    {
      ...shared,
      displayName: 'cdk',
      testMatch: [
        '<rootDir>/test/{domain,enforce,authorizer,e2e,examples}/**/*.test.ts',
        '<rootDir>/examples/**/*.test.ts',
      ],
      setupFilesAfterEnv: ['aws-cdk-lib/testhelpers/jest-autoclean'],
    },
  ],
};
