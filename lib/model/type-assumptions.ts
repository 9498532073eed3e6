/**
 * Resources that code outside the templates makes: of types that others than AWS publish, and custom resources whose provider is
 * in no template. What such code does while the stack is deployed, no template says.
 */
import type { Assumption, Resource } from './model';
import { isCustom } from './runs-as';

export function assumptionsOfTypes(resources: readonly Resource[]): readonly Assumption[] {
  const byType = new Map<string, string[]>();
  for (const { origin, runsAs } of resources) {
    const outside = isCustom(origin.type)
      ? runsAs === undefined
      : !origin.type.startsWith('AWS::') && !origin.type.endsWith('::MODULE');
    if (outside) byType.set(origin.type, [...(byType.get(origin.type) ?? []), origin.path]);
  }
  return [...byType].map(([type, [first, ...more]]) => ({
    id: 'made-elsewhere',
    text: `code outside the templates makes the resources of type \`${type}\` (\`${first}\`${more.length === 0 ? '' : ` and ${more.length} more`}); it gives nobody permissions, members or code`,
  }));
}
