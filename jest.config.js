// Two projects: whatever needs aws-cdk-lib pays for loading it, the engine's tests do not.
const CDK = ['domain', 'enforce', 'authorizer', 'e2e', 'examples', 'properties'];

const shared = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true } } }],
    // Packages that come as ECMAScript modules only.
    '/node_modules/(jose|oauth4webapi)/.+\\.js$': [
      '@swc/jest',
      { module: { type: 'commonjs' }, jsc: { target: 'es2022' } },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!(jose|oauth4webapi)/)', '\\.pnp\\.[^\\/]+$'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/packages/', '<rootDir>/cdk.out/', '<rootDir>/.cache/'],
};

/** @type {import('jest').Config} */
module.exports = {
  maxWorkers: 2,
  globalSetup: '<rootDir>/test/own-temporary-folder.js',
  reporters: ['default', '<rootDir>/test/not-run-reporter.js'],
  projects: [
    {
      ...shared,
      displayName: 'engine',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: CDK.map((folder) => `<rootDir>/test/${folder}/`),
    },
    {
      ...shared,
      displayName: 'cdk',
      testMatch: CDK.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
      // The constructs take the bundled authorizers from beside their sources.
      globalSetup: '<rootDir>/scripts/bundle-authorizers.mjs',
      setupFilesAfterEnv: ['aws-cdk-lib/testhelpers/jest-autoclean'],
    },
  ],
};
