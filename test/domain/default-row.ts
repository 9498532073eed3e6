/** What the tests of `@default` are made of: a prop, the text of the source, and what is built with and without it. */
import { App, Stack } from 'aws-cdk-lib';
import { ENV } from './a-domain';

/** Builds with the props and says, as JSON, what came of them. */
export type Build = (props: (stack: Stack) => object) => unknown;

/** A value that needs a stack to stand in. */
export class InStack {
  constructor(readonly make: (stack: Stack) => unknown) {}
}
export const made = (make: (stack: Stack) => unknown) => new InStack(make);

export const aStack = () => new Stack(new App(), 'Orders', { env: ENV });

/** The template as it stands, without a synthesis: half of these are half an app. */
export function templateOf(stack: Stack): unknown {
  return stack.resolve((stack as unknown as { _toCloudFormation(): unknown })._toCloudFormation());
}

/** Prop, text of the source, what builds with it, the value that the text stands for (`NONE`: it is not there), another value. */
export type Row = readonly [prop: string, says: string, build: Build, same: unknown, other: unknown];
export const NONE = Symbol('not there');
