/**
 * The one place where the gate takes hold of CDK: the end of `Stage.synth()`.
 *
 * Everything that writes or changes a template has run by then: aspects, validations, synthesizers,
 * custom synthesis, plugins. And everything that asks for templates comes through it: `app.synth()`,
 * `cdk synth`, a pipeline's `addStage`, `Template.fromStack` (which calls `synth` of the nearest Stage,
 * so that nothing attached to the App runs for a stack in a nested Stage). No extension point of CDK
 * has both properties; docs/gate.md has the measurements. The method is replaced on the prototype,
 * because Stages that do not exist yet must be covered too, and only from the first app that is put
 * under the gate; for apps that are not, it does nothing.
 */
import type { Stage, StageSynthesisOptions } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { IConstruct } from 'constructs';

type Synth = (this: Stage, options?: StageSynthesisOptions) => CloudAssembly;

const hooked = new WeakSet<object>();

/** The stages whose `synth` is running, outermost first. */
const running: Stage[] = [];

/** True while `synth` of this very stage is running under the hook. */
export function isSynthesizing(stage: IConstruct): boolean {
  return running.some((other) => other === stage);
}

/**
 * Calls `after` at the end of every outermost `synth()` of the class of `stage`, of its subclasses and
 * superclasses. A Stage that is synthesized as a part of its parent is left to the parent.
 */
export function hookSynth(stage: object, after: (stage: Stage, assembly: CloudAssembly) => void): void {
  const owner = ownerOfSynth(stage);
  if (owner === undefined || hooked.has(owner)) return;
  hooked.add(owner);
  const original = owner.synth;
  owner.synth = function synth(this: Stage, options?: StageSynthesisOptions): CloudAssembly {
    const outer = running.some((other) => other !== this && this.node.scopes.includes(other));
    running.push(this);
    let assembly: CloudAssembly;
    try {
      assembly = original.call(this, options);
    } finally {
      running.pop();
    }
    if (!outer) after(this, assembly);
    return assembly;
  };
}

/** The last prototype of the chain with a `synth` of its own: `Stage.prototype` of the CDK that made the object. */
function ownerOfSynth(stage: object): { synth: Synth } | undefined {
  let owner: { synth: Synth } | undefined;
  for (let next: object | null = stage; next !== null; next = Object.getPrototypeOf(next) as object | null) {
    if (Object.hasOwn(next, 'synth')) owner = next as { synth: Synth };
  }
  return owner;
}
