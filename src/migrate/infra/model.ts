/**
 * An infrastructure program, said once: `render-hcl.ts` writes it for OpenTofu and Terraform, `render-pulumi.ts` for Pulumi in
 * TypeScript. Names are those of the Terraform provider; Pulumi's bridged providers have the same ones in camel case.
 */
export interface Program {
  readonly provider: ProviderUse;
  readonly variables: readonly Variable[];
  /** The resources by subject: one file each. */
  readonly subjects: readonly Subject[];
  readonly outputs: readonly Output[];
}

/** The provider of a program, in both worlds. */
export interface ProviderUse {
  /** Local name in Terraform: `google`. */
  readonly name: string;
  readonly source: string;
  /** Exact version for Terraform: the one whose schema the files were checked against. */
  readonly version: string;
  readonly settings: Arguments;
  /** npm package, its exact version, and the name under which the program imports it. */
  readonly pulumi: { readonly package: string; readonly version: string; readonly as: string };
  /**
   * Where Terraform's state is kept: type of the backend, what is fixed of it, and the version since which OpenTofu and Terraform have
   * what is used of it, where the rest of the program is older.
   */
  readonly backend: {
    readonly type: string;
    readonly fixed: Readonly<Record<string, string>>;
    readonly since?: string;
  };
}

/** The version of OpenTofu and Terraform that the programs are for: what they say has been there since. */
export function oldestTerraform({ backend }: Pick<ProviderUse, 'backend'>): string {
  return backend.since ?? '1.6';
}

/** Resources that belong together. */
export interface Subject {
  readonly name: string;
  readonly about: string;
  readonly parts: readonly (Resource | DataSource)[];
}

/** What a person chooses, and when a value is refused. */
export interface Variable {
  readonly name: string;
  readonly type: 'bool' | 'list(string)' | 'number' | 'string';
  readonly description: string;
  /** None for what only a person can know. */
  readonly default?: boolean | number | string | readonly string[];
  /** Where Pulumi has it, when that is not a value of the program's own: `gcp:project`. */
  readonly pulumiKey?: string;
  readonly check?: Check;
}

/** What a value must be like. */
export type Check =
  | { readonly matches: string; readonly says: string }
  | { readonly oneOf: readonly string[] }
  | { readonly count: number; readonly eachMatches: string; readonly says: string };

/** A value that is not written out. */
export type Expression =
  | { readonly kind: 'attribute'; readonly of: string; readonly path: string; readonly pulumiPath?: string }
  | { readonly kind: 'block'; readonly fields: Arguments }
  | { readonly kind: 'blocks'; readonly list: readonly Arguments[]; readonly plural?: string }
  | { readonly kind: 'choice'; readonly test: Test; readonly chosen: Value; readonly otherwise: Value }
  | { readonly kind: 'each' }
  | { readonly kind: 'item'; readonly variable: string; readonly index: number }
  | { readonly kind: 'map'; readonly entries: Arguments }
  | { readonly kind: 'number'; readonly of: Expression }
  | { readonly kind: 'public'; readonly of: Expression }
  | { readonly kind: 'text'; readonly parts: readonly (Expression | string)[] }
  | { readonly kind: 'variable'; readonly name: string };

/** Whether a variable has this value. */
export interface Test {
  readonly variable: string;
  readonly is: string;
}

export type Value = Expression | boolean | number | string | readonly Value[];

/** Arguments by their names in Terraform. */
export interface Arguments {
  readonly [name: string]: Value;
}

/** A thing in the cloud. */
export interface Resource {
  /** Its name in Terraform, unique over the whole program; the constant's name in Pulumi. */
  readonly key: string;
  readonly type: string;
  /** Its class in Pulumi: `gcp.compute.Network`. */
  readonly pulumi: string;
  /** Why it is there and why it is so; no line for what the arguments say themselves. */
  readonly comment?: string;
  readonly arguments: Arguments;
  /** Arguments that Pulumi calls otherwise: Terraform's name, and Pulumi's. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Arguments that are lists in Terraform and single values in Pulumi. */
  readonly single?: readonly string[];
  /** What must be there before, besides what the arguments name. */
  readonly after?: readonly string[];
  /** One of it for each of these. */
  readonly each?: readonly string[];
  /** It is not made where one of these holds. */
  readonly onlyUnless?: readonly Test[];
  readonly onlyIf?: Test;
  /** Neither program takes it down. */
  readonly isKept?: boolean;
  /** Arguments that others change in its life. */
  readonly ignore?: readonly string[];
}

/** Something in the cloud that is looked up. */
export interface DataSource {
  readonly key: string;
  readonly data: string;
  /** Its function in Pulumi. */
  readonly pulumi: string;
  readonly comment?: string;
  readonly arguments: Arguments;
}

/** What the program tells. */
export interface Output {
  readonly name: string;
  readonly description: string;
  readonly value: Value;
}

/** The value of a variable. */
export function variable(name: string): Expression {
  return { kind: 'variable', name };
}

/** One member of a variable that is a list. */
export function item(name: string, index: number): Expression {
  return { kind: 'item', variable: name, index };
}

/** An attribute of a resource: `attribute('network', 'id')`. `pulumiPath` where Pulumi has it under another name. */
export function attribute(of: string, path: string, pulumiPath?: string): Expression {
  return { kind: 'attribute', of, path, ...(pulumiPath !== undefined && { pulumiPath }) };
}

/**
 * A value that the provider keeps for a secret, and that everybody may read. Without the word Terraform refuses an output of it
 * (developer.hashicorp.com/terraform/language/values/outputs, sensitive), and Pulumi prints `[secret]` in its place.
 */
export function everybodys(of: Expression): Expression {
  return { kind: 'public', of };
}

/** A nested block of which there is one. */
export function block(fields: Arguments): Expression {
  return { kind: 'block', fields };
}

/** Nested blocks of which there may be several; `plural` where Pulumi's name is not Terraform's with an s. */
export function blocks(list: readonly Arguments[], plural?: string): Expression {
  return { kind: 'blocks', list, ...(plural !== undefined && { plural }) };
}

/** A map whose keys are data, not names of arguments. */
export function map(entries: Arguments): Expression {
  return { kind: 'map', entries };
}

/** The member of `each` that a resource is made for. */
export const each: Expression = { kind: 'each' };

/** A text with values in it. */
export function text(
  strings: TemplateStringsArray,
  ...values: readonly (Expression | number | string)[]
): Expression {
  const parts = strings.flatMap((part, index) => {
    const value = values[index];
    if (value === undefined) return [part];
    if (typeof value === 'object' && value.kind === 'text') return [part, ...value.parts];
    return [part, typeof value === 'number' ? String(value) : value];
  });
  return { kind: 'text', parts: parts.filter((part) => part !== '') };
}

/** Whether this part is a resource. */
export function isResource(part: DataSource | Resource): part is Resource {
  return 'type' in part;
}

/** `front_door_address` as `frontDoorAddress`. */
export function camelCase(name: string): string {
  return name.replaceAll(/[_-]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Every part of the program, by its key. */
export function partsByKey({ subjects }: Program): ReadonlyMap<string, DataSource | Resource> {
  return new Map(subjects.flatMap(({ parts }) => parts).map((part) => [part.key, part]));
}
