/**
 * Ways to bring a violation into an app past what a validation usually sees. Each scenario builds an
 * app that is clean, or the same app with one permission too many: the deployer may also execute
 * the change set that only the approver should.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type App,
  Aspects,
  attachCustomSynthesis,
  CfnResource,
  DefaultStackSynthesizer,
  type IAspect,
  type ISynthesisSession,
  Lazy,
  NestedStack,
  Stack,
  Stage,
  Validations,
} from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnPolicy, CfnRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { Construct, type IConstruct, type IMixin } from 'constructs';

export type Build = (app: App, violating: boolean) => void;

export const CHANGE_SETS = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Partner/*';
export const PREPARE = 'cloudformation:CreateChangeSet';
export const RUN = 'cloudformation:ExecuteChangeSet';

/** Roles get their duties from these names alone. */
export const CONFIGURATION = { bulkhead: { duties: { deploy: ['*Deployer*'], approve: ['*Approver*'] } } };

export function may(action: string): PolicyStatement {
  return new PolicyStatement({ actions: [action], resources: [CHANGE_SETS] });
}

export function inline(...actions: string[]) {
  const statements = actions.map((Action) => ({ Effect: 'Allow', Action, Resource: CHANGE_SETS }));
  return [{ PolicyName: 'Inline', PolicyDocument: { Version: '2012-10-17', Statement: statements } }];
}

const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'codebuild.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** A deployer that may also run what it prepared iff `violating`, and an approver. */
export class Roles extends Construct {
  public readonly deployer: Role;

  constructor(scope: Construct, violating: boolean, id = 'Roles') {
    super(scope, id);
    const assumedBy = new ServicePrincipal('codebuild.amazonaws.com');
    this.deployer = new Role(this, 'Deployer', { assumedBy });
    this.deployer.addToPolicy(may(PREPARE));
    if (violating) this.deployer.addToPolicy(may(RUN));
    new Role(this, 'Approver', { assumedBy }).addToPolicy(may(RUN));
  }
}

/** The deployer's role as the L1 that an escape hatch reaches. */
function l1(role: Role): CfnRole {
  return role.node.defaultChild as CfnRole;
}

function addRun(role: CfnRole): void {
  role.addPropertyOverride('Policies', inline(PREPARE, RUN));
}

class AddRun implements IAspect, IMixin {
  public supports(construct: IConstruct): construct is CfnRole {
    return construct instanceof CfnRole && construct.node.path.includes('Deployer');
  }

  public applyTo(construct: IConstruct): void {
    addRun(construct as CfnRole);
  }

  public visit(node: IConstruct): void {
    if (this.supports(node)) this.applyTo(node);
  }
}

class NestedRoles extends NestedStack {
  constructor(scope: Construct, id: string, violating: boolean) {
    super(scope, id);
    new Roles(this, violating);
  }
}

/** Writes the template as the stack has it, then changes the file. */
class RewritingSynthesizer extends DefaultStackSynthesizer {
  constructor(private readonly violating: boolean) {
    super();
  }

  public override synthesize(session: ISynthesisSession): void {
    super.synthesize(session);
    if (this.violating) rewrite(join(session.outdir, this.boundStack.templateFile));
  }
}

/** Puts the permission too many into a written template. */
export function rewrite(file: string): void {
  const violating = { Resources: { D: l1Role(inline(PREPARE, RUN), 'Deployer'), A: l1Role(inline(RUN), 'Approver') } };
  writeFileSync(file, JSON.stringify(violating));
}

function l1Role(Policies: unknown, name: string) {
  return { Type: 'AWS::IAM::Role', Properties: { RoleName: name, AssumeRolePolicyDocument: TRUST, Policies } };
}

const plain: Build = (app, violating) => void new Roles(new Stack(app, 'Stack'), violating);

export const SCENARIOS = {
  'a stack of the app': plain,

  'a stack in a nested Stage': (app, violating) =>
    void new Roles(new Stack(new Stage(app, 'Prod'), 'Stack'), violating),

  'a stack in a Stage of a Stage': (app, violating) =>
    void new Roles(new Stack(new Stage(new Stage(app, 'Prod'), 'Eu'), 'Stack'), violating),

  'roles in two stages that only together violate': (app, violating) => {
    const a = new Stack(new Stage(app, 'A'), 'Stack');
    const b = new Stack(new Stage(app, 'B'), 'Stack');
    new CfnRole(a, 'Deployer', { assumeRolePolicyDocument: TRUST }).addPropertyOverride(
      'Policies',
      inline(violating ? RUN : PREPARE),
    );
    new CfnRole(b, 'Approver', { assumeRolePolicyDocument: TRUST }).addPropertyOverride('Policies', inline(RUN));
  },

  'Validations.acknowledge on every ancestor, under every spelling': (app, violating) => {
    const stage = new Stage(app, 'Prod');
    const stack = new Stack(stage, 'Stack');
    const roles = new Roles(stack, violating);
    const names = [
      'SOD-1',
      'Bulkhead::SOD-1',
      'bulkhead::SOD-1',
      'cdk-bulkhead::SOD-1',
      'Bulkhead',
      'Construct-Annotations::SOD-1',
    ];
    for (const scope of [app, stage, stack, roles, roles.deployer, l1(roles.deployer)]) {
      for (const id of names) Validations.of(scope).acknowledge({ id, reason: 'silence' });
    }
  },

  'an Aspect with the lowest priority': (app, violating) => aspect(app, violating, 0),
  'an Aspect with the priority of mutating ones': (app, violating) => aspect(app, violating, 200),
  'an Aspect with the default priority': (app, violating) => aspect(app, violating, 500),
  'an Aspect after all others': (app, violating) => aspect(app, violating, 100_000),

  'a Mixin': (app, violating) => {
    const { deployer } = new Roles(new Stack(app, 'Stack'), false);
    if (violating) l1(deployer).with(new AddRun());
  },

  'a raw override on the L1 of an L2': (app, violating) => {
    const { deployer } = new Roles(new Stack(app, 'Stack'), false);
    if (violating) l1(deployer).addOverride('Properties.Policies', inline(PREPARE, RUN));
  },

  'an inline policy, a managed policy and a role of L1': (app, violating) => {
    const stack = new Stack(app, 'Stack');
    const policyDocument = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: RUN, Resource: CHANGE_SETS }],
    };
    const deployer = new CfnRole(stack, 'Deployer', { assumeRolePolicyDocument: TRUST });
    const approver = new CfnRole(stack, 'Approver', { assumeRolePolicyDocument: TRUST });
    new CfnManagedPolicy(stack, 'Run', { policyDocument, roles: [approver.ref] });
    if (violating) new CfnPolicy(stack, 'RunToo', { policyName: 'RunToo', policyDocument, roles: [deployer.ref] });
  },

  'roles as untyped CfnResource': (app, violating) => {
    const stack = new Stack(app, 'Stack');
    const role = (id: string, ...actions: string[]) =>
      new CfnResource(stack, id, {
        type: 'AWS::IAM::Role',
        properties: { AssumeRolePolicyDocument: TRUST, Policies: inline(...actions) },
      });
    role('Deployer', PREPARE, ...(violating ? [RUN] : []));
    role('Approver', RUN);
  },

  CfnInclude: (app, violating) => {
    const templateFile = join(app.outdir, `included-${violating}.json`);
    const Resources = {
      Deployer: l1Role(inline(PREPARE, ...(violating ? [RUN] : [])), 'Deployer'),
      Approver: l1Role(inline(RUN), 'Approver'),
    };
    writeFileSync(templateFile, JSON.stringify({ Resources }));
    new CfnInclude(new Stack(app, 'Stack'), 'Include', { templateFile });
  },

  'a nested stack': (app, violating) => void new NestedRoles(new Stack(app, 'Stack'), 'Nested', violating),

  'a nested stack in a nested stack': (app, violating) => {
    class Outer extends NestedStack {}
    new NestedRoles(new Outer(new Stack(app, 'Stack'), 'Outer'), 'Inner', violating);
  },

  'a Lazy value': (app, violating) => {
    const stack = new Stack(app, 'Stack');
    const policies = Lazy.any({ produce: () => inline(PREPARE, ...(violating ? [RUN] : [])) });
    new CfnRole(stack, 'Deployer', { assumeRolePolicyDocument: TRUST }).addPropertyOverride('Policies', policies);
    new CfnRole(stack, 'Approver', { assumeRolePolicyDocument: TRUST }).addPropertyOverride('Policies', inline(RUN));
  },

  'a Lazy value that changes from one reading to the next': (app, violating) => {
    const stack = new Stack(app, 'Stack');
    let readings = 0;
    const policies = Lazy.uncachedAny({
      produce: () => inline(PREPARE, ...(violating && ++readings >= 2 ? [RUN] : [])),
    });
    new CfnRole(stack, 'Deployer', { assumeRolePolicyDocument: TRUST }).addPropertyOverride('Policies', policies);
    new CfnRole(stack, 'Approver', { assumeRolePolicyDocument: TRUST }).addPropertyOverride('Policies', inline(RUN));
  },

  'a validation that changes the tree it validates': (app, violating) => {
    const stack = new Stack(app, 'Stack');
    const { deployer } = new Roles(stack, false);
    stack.node.addValidation({
      validate: () => {
        if (violating) addRun(l1(deployer));
        return [];
      },
    });
  },

  'a synthesizer that rewrites the template': (app, violating) =>
    void new Roles(new Stack(app, 'Stack', { synthesizer: new RewritingSynthesizer(violating) }), false),

  'custom synthesis that rewrites the template': (app, violating) => {
    const stack = new Stack(app, 'Stack');
    new Roles(stack, false);
    attachCustomSynthesis(app, {
      onSynthesize: (session) => (violating ? rewrite(join(session.outdir, stack.templateFile)) : undefined),
    });
  },

  'a plugin that rewrites the templates it validates': (app, violating) => {
    new Roles(new Stack(app, 'Stack'), false);
    Validations.of(app).addPlugins({
      name: 'Rewriter',
      validate: ({ templatePaths }) => {
        if (violating) for (const file of templatePaths) rewrite(file);
        return { success: true, violations: [] };
      },
    });
  },

  'a Stage that is synthesized early and changed afterwards': (app, violating) => {
    const stage = new Stage(app, 'Prod');
    const { deployer } = new Roles(new Stack(stage, 'Stack'), violating);
    stage.synth({ skipValidation: true });
    l1(deployer).addPropertyOverride('Policies', inline(PREPARE));
  },
} satisfies Readonly<Record<string, Build>>;

function aspect(app: App, violating: boolean, priority: number): void {
  plain(app, false);
  if (violating) Aspects.of(app).add(new AddRun(), { priority });
}
