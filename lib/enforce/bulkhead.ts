/** The two ways to put an app under the gate by hand; the constructs do it by themselves. */
import type { IAspect } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { guard, guardByAspect } from './gate';

/**
 * Proves separation of duties and isolation of trust domains whenever the app is synthesized.
 */
export class Bulkhead {
  /**
   * Puts an app under the gate: from now on it can be synthesized only if it is proved separate.
   *
   * Covers the whole app that `scope` belongs to, with all its stages, stacks and nested stacks, whether
   * they exist already or not. Calling it again changes nothing. Apps without constructs of this library
   * assign domains and duties in the context key `bulkhead` of `cdk.json`.
   *
   * @param scope the app, or any construct in it
   */
  public static enforce(scope: IConstruct): void {
    guard(scope);
  }

  private constructor() {
    // Only static members.
  }
}

/**
 * The same as an Aspect: `Aspects.of(app).add(new SeparationOfDuties())`.
 *
 * It changes nothing that it visits and judges the whole app, whatever scope it is added to and with
 * whatever priority, because the templates are judged after all Aspects have run.
 */
export class SeparationOfDuties implements IAspect {
  constructor() {
    guardByAspect(this);
  }

  public visit(node: IConstruct): void {
    guard(node);
  }
}
