/**
 * The gate in the real App, without the CLI: every way to bring a violation past what a validation
 * sees, each with its clean twin; every way to register; every way to ask for templates.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App, Aspects, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { Bulkhead, SeparationOfDuties } from '../../lib/enforce/bulkhead';
import { registerGate } from '../../lib/enforce/marker';
import { analyse } from '../../lib/report/analyse';
import { type Build, CONFIGURATION, Roles, SCENARIOS } from './apps/scenarios';

jest.mock('../../lib/report/analyse', () => {
  const actual = jest.requireActual<typeof import('../../lib/report/analyse')>('../../lib/report/analyse');
  return { ...actual, analyse: jest.fn(actual.analyse) };
});
jest.setTimeout(60_000);

const VIOLATED =
  /SOD-1 violated \(1 of 1\): [\s\S]*cloudformation:ExecuteChangeSet[\s\S]*Bulkhead: violated, 1 finding/;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bulkhead-gate-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

let apps = 0;
function newApp(): App {
  return new App({ context: CONFIGURATION, outdir: join(directory, `app-${apps++}`) });
}

const REGISTRATIONS: Readonly<Record<string, (scope: IConstruct) => void>> = {
  'Bulkhead.enforce': (scope) => Bulkhead.enforce(scope),
  'the Aspect': (scope) => Aspects.of(scope).add(new SeparationOfDuties()),
  'a construct': (scope) => registerGate(scope),
};

describe.each(Object.entries<Build>(SCENARIOS))('%s', (_, build) => {
  test('is refused when it violates', () => {
    const app = newApp();
    Bulkhead.enforce(app);
    expect(() => {
      build(app, true);
      app.synth();
    }).toThrow(VIOLATED);
  });

  test('passes when it is clean', () => {
    const app = newApp();
    Bulkhead.enforce(app);
    build(app, false);
    expect(app.synth().stacksRecursively.length).toBeGreaterThan(0);
  });
});

describe.each(Object.entries(REGISTRATIONS))('registered by %s', (_, register) => {
  describe.each([
    ['app.synth()', (stack: Stack) => (stack.node.root as App).synth()],
    ['app.synth() without validation', (stack: Stack) => (stack.node.root as App).synth({ skipValidation: true })],
    ['app.synth() by force', (stack: Stack) => (stack.node.root as App).synth({ force: true })],
    ['Template.fromStack', (stack: Stack) => Template.fromStack(stack)],
    ['stage.synth()', (stack: Stack) => Stage.of(stack)!.synth()],
  ])('%s', (__, ask) => {
    describe.each([
      ['of the app', (app: App) => app],
      ['in a Stage', (app: App) => new Stage(app, 'Prod')],
      ['in a Stage of a Stage', (app: App) => new Stage(new Stage(app, 'Prod'), 'Eu')],
    ])('a stack %s', (___, parent) => {
      const build = (violating: boolean, when: 'before' | 'after') => {
        const app = newApp();
        if (when === 'before') register(app);
        const stack = new Stack(parent(app), 'Stack');
        new Roles(stack, violating);
        if (when === 'after') register(app);
        return stack;
      };

      test.each(['before', 'after'] as const)('%s the stack is built', (when) => {
        expect(() => ask(build(true, when))).toThrow(VIOLATED);
        expect(() => ask(build(false, when))).not.toThrow();
      });
    });
  });
});

describe('the gate', () => {
  test('judges the whole app wherever it is registered', () => {
    const refused = (violating: boolean, register: (inner: IConstruct) => void) => {
      const app = newApp();
      new Roles(new Stack(app, 'Bad'), violating);
      const good = new Stack(new Stage(app, 'Prod'), 'Good');
      new Topic(good, 'Topic');
      register(good);
      return () => app.synth();
    };
    for (const register of Object.values(REGISTRATIONS)) {
      expect(refused(true, register)).toThrow(VIOLATED);
      expect(refused(false, register)).not.toThrow();
    }
  });

  test('judges each assembly once, however often it is registered and asked', () => {
    jest.mocked(analyse).mockClear();
    const app = newApp();
    const stacks = ['A', 'B'].map((id) => new Stack(app, id));
    for (const stack of stacks) new Roles(stack, false);
    for (const register of [...Object.values(REGISTRATIONS), ...Object.values(REGISTRATIONS)])
      for (const scope of [app, ...stacks]) register(scope);
    for (const stack of stacks) Template.fromStack(stack);
    expect(analyse).toHaveBeenCalledTimes(1);
  });

  test('keeps refusing what it refused once', () => {
    const app = newApp();
    Bulkhead.enforce(app);
    const stack = new Stack(app, 'Stack');
    new Roles(stack, true);
    expect(() => app.synth()).toThrow(VIOLATED);
    expect(() => app.synth()).toThrow(VIOLATED);
    expect(() => Template.fromStack(stack)).toThrow(VIOLATED);
  });

  test('takes the manifest from every assembly that it refuses, those of Stages too', () => {
    const left = (violating: boolean) => {
      const app = newApp();
      Bulkhead.enforce(app);
      const stack = new Stack(new Stage(new Stage(app, 'Prod'), 'Eu'), 'Stack');
      new Roles(stack, violating);
      // The Stage first, as a test or a pipeline does.
      for (const ask of [() => Template.fromStack(stack), () => app.synth()]) {
        if (violating) expect(ask).toThrow(VIOLATED);
        else ask();
      }
      return readdirSync(app.outdir, { recursive: true, encoding: 'utf8' }).filter((f) => /manifest\.json$/.test(f));
    };
    expect(left(true)).toEqual([]);
    expect(left(false)).toHaveLength(3);
  });

  test('judges a Stage by the configuration of its app', () => {
    const ask = (violating: boolean) => {
      const app = newApp();
      Bulkhead.enforce(app);
      const stage = new Stage(app, 'Prod');
      stage.node.setContext('bulkhead', { duties: {} });
      new Roles(new Stack(stage, 'Stack'), violating);
      return () => stage.synth();
    };
    expect(ask(true)).toThrow(VIOLATED);
    expect(ask(false)).not.toThrow();
  });

  test('leaves apps alone that are not under it', () => {
    const guarded = newApp();
    Bulkhead.enforce(guarded);
    const app = newApp();
    new Roles(new Stack(app, 'Stack'), true);
    expect(() => app.synth()).not.toThrow();
    new Roles(new Stack(guarded, 'Stack'), true);
    expect(() => guarded.synth()).toThrow(VIOLATED);
  });

  test('fails closed when Bulkhead itself throws: names itself, keeps the stack', () => {
    jest.mocked(analyse).mockImplementationOnce(() => {
      throw new TypeError('cannot read properties of undefined');
    });
    const app = newApp();
    Bulkhead.enforce(app);
    new Roles(new Stack(app, 'Stack'), false);
    let thrown: Error | undefined;
    try {
      app.synth();
    } catch (error) {
      thrown = error as Error;
    }
    expect(thrown?.name).toBe('BulkheadError');
    expect(thrown?.message).toBe(
      'bulkhead itself failed while it judged this app, so synthesis fails and nothing is proved: cannot read properties of undefined',
    );
    expect(thrown?.stack).toMatch(/TypeError: cannot read properties of undefined\n\s+at .*gate\.test\.ts/);
    const fixed = newApp();
    Bulkhead.enforce(fixed);
    new Roles(new Stack(fixed, 'Stack'), false);
    expect(() => fixed.synth()).not.toThrow();
  });

  test('refuses a synthesis that does not come through it', () => {
    const app = newApp();
    Bulkhead.enforce(app);
    new Roles(new Stack(app, 'Stack'), false);
    // What `Stage.synth` calls; not exported by the package.
    const internals = join(
      dirname(require.resolve('aws-cdk-lib/package.json')),
      'core',
      'lib',
      'private',
      'synthesis.js',
    );
    const { synthesize } = jest.requireActual<{ synthesize(root: App): unknown }>(internals);
    expect(() => synthesize(app)).toThrow(/bulkhead: this synthesis does not pass through the gate/);
    expect(() => app.synth()).not.toThrow();
  });
});
