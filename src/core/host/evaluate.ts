// Follows references over functions and files: what a value is, in the context of the calls that lead to it. Bounded in
// depth and in steps, so that recursion and generated code cost little; what is beyond stays unknown.

import { constructed, elementsIn, instanceOf, isPackage, listOf, type Context, type Frame, type Head, type OpenParameter, type Resolver } from "./heads";
import type { ClassFacts, FunctionFacts, ModuleFacts } from "./module-facts";
import { memberOf, referTo, type Reference } from "./reference";
import type { TextValue } from "./text-value";

const most = 8;
const deepest = 40;
const mostSteps = 4000;

interface Found {
  readonly heads: readonly Head[];
  readonly open: OpenParameter | undefined;
  readonly guessed: boolean;
}

const nothing: readonly Head[] = [];

export class Evaluator {
  readonly #modules: ReadonlyMap<string, ModuleFacts>;
  readonly #resolver: Resolver;
  readonly #roots = new Map<ModuleFacts, Context>();
  readonly #known = new Map<TextValue, Found>();
  readonly #running = new Set<TextValue>();
  readonly #targets = new Map<string, ModuleFacts | undefined>();
  readonly #subclasses = new Map<ClassFacts, readonly Head[]>();
  #kept: Map<string, readonly Head[]> | undefined;
  #steps = 0;
  /** The parameter at which the last question ended. */
  open: OpenParameter | undefined;
  /** The last answer is what some callers hand in, and others may hand in something else. */
  guessed = false;
  /** What callers hand to a parameter; asked where its type does not tell. */
  handedTo: (parameter: OpenParameter) => readonly Head[] = () => nothing;

  constructor(modules: ReadonlyMap<string, ModuleFacts>, resolver: Resolver) {
    this.#modules = modules;
    this.#resolver = resolver;
  }

  rootOf(module: ModuleFacts): Context {
    let root = this.#roots.get(module);
    if (root === undefined) this.#roots.set(module, (root = { module, frame: undefined }));
    return root;
  }

  /** All that a value can be, references followed; sets `open`. */
  heads(value: TextValue, context: Context): readonly Head[] {
    this.#steps = 0;
    this.open = undefined;
    this.guessed = false;
    return this.#heads(value, context, 0);
  }

  /** Forgets answers that callers could improve. */
  forget(): void {
    this.#known.clear();
  }

  module(from: string, specifier: string): ModuleFacts | undefined {
    const key = `${from}\n${specifier}`;
    if (this.#targets.has(key)) return this.#targets.get(key);
    const path = this.#resolver(from, specifier);
    const target = path === undefined ? undefined : this.#modules.get(path);
    this.#targets.set(key, target);
    return target;
  }

  /** The class of an object, with the context in which it was declared. */
  classOf(head: Head): { readonly module: ModuleFacts; readonly facts: ClassFacts; readonly head: Head } | undefined {
    const { value } = head;
    if (value.kind !== "reference") return undefined;
    if (value.to.kind === "new") {
      const [found] = this.#heads(value.to.class, head.context, 1);
      return found === undefined || (found.value.kind === "reference" && found.value.to.kind === "new") ? undefined : this.classOf(found);
    }
    if (value.to.kind !== "class") return undefined;
    const facts = head.context.module.classes[value.to.class];
    return facts === undefined ? undefined : { module: head.context.module, facts, head };
  }

  functionOf(head: Head): FunctionFacts | undefined {
    return head.value.kind === "reference" && head.value.to.kind === "function" ? head.context.module.functions[head.value.to.function] : undefined;
  }

  #heads(value: TextValue, context: Context, depth: number): readonly Head[] {
    if (depth > deepest || this.#steps++ > mostSteps) return nothing;
    switch (value.kind) {
      case "reference":
        return context.frame === undefined ? this.#rootHeads(value, context, depth) : this.#reference(value, value.to, context, depth);
      case "choice":
        return value.options.flatMap((option) => this.#heads(option, context, depth + 1)).slice(0, most);
      case "if-any":
        return [value.some, value.none].flatMap((option) => this.#heads(option, context, depth + 1)).slice(0, most);
      case "hole":
      case "unset":
        return nothing;
      default:
        return [{ value, context }];
    }
  }

  #rootHeads(value: Extract<TextValue, { kind: "reference" }>, context: Context, depth: number): readonly Head[] {
    const known = this.#known.get(value);
    if (known !== undefined) {
      this.open ??= known.open;
      this.guessed ||= known.guessed;
      return known.heads;
    }
    if (this.#running.has(value)) return nothing;
    this.#running.add(value);
    const before = this.open;
    const guessed = this.guessed;
    this.open = undefined;
    this.guessed = false;
    const heads = this.#reference(value, value.to, context, depth);
    this.#running.delete(value);
    if (depth === 0 || heads.length > 0) this.#known.set(value, { heads, open: this.open, guessed: this.guessed });
    this.open = before ?? this.open;
    this.guessed ||= guessed;
    return heads;
  }

  #reference(value: TextValue, to: Reference, context: Context, depth: number): readonly Head[] {
    switch (to.kind) {
      case "parameter":
        return this.#parameter(to.function, to.index, context, depth);
      case "import":
        return this.#import(value, to.specifier, to.name, context, depth);
      case "member":
        return this.#heads(to.of, context, depth + 1).flatMap((head) => this.member(head, to.name, depth + 1)).slice(0, most);
      case "each":
        return this.#heads(to.of, context, depth + 1).flatMap((head) => this.#each(head, depth + 1)).slice(0, most * 4);
      case "call":
        return this.#called(to.callee, to.arguments.map((argument) => ({ value: argument, context })), context, depth);
      case "this":
        return this.#self(to.class, context);
      case "kept":
        return this.#keptUnder(to.name).flatMap((head) => this.#heads(head.value, head.context, depth + 1)).slice(0, most);
      case "either": {
        const first = this.#heads(to.first, context, depth + 1);
        return first.length > 0 ? first : this.#heads(to.otherwise, context, depth + 1);
      }
      case "new":
      case "function":
      case "class":
      case "object":
      case "global":
      case "binding":
      case "durable-storage":
        return [{ value, context }];
    }
  }

  #parameter(number: number, index: number, context: Context, depth: number): readonly Head[] {
    const facts = context.module.functions[number];
    const parameter = facts?.parameters[index];
    if (facts === undefined || parameter === undefined) return nothing;
    for (let frame = context.frame; frame !== undefined; frame = frame.outer) {
      if (frame.function !== facts) continue;
      if (parameter.rest) return [listOf(frame.arguments.slice(index), context)];
      const argument = frame.arguments[index];
      if (argument !== undefined) return this.#heads(argument.value, argument.context, depth + 1);
      if (frame.complete) return parameter.otherwise === undefined ? nothing : this.#heads(parameter.otherwise, context, depth + 1);
      return this.#typed(parameter.typed, context, depth);
    }
    const open: OpenParameter = { module: context.module, function: facts, index };
    this.open ??= open;
    const typed = this.#typed(parameter.typed, context, depth);
    if (typed.length > 0) return typed;
    const handed = this.handedTo(open);
    this.guessed ||= handed.length > 0;
    return handed.flatMap((head) => this.#heads(head.value, head.context, depth + 1)).slice(0, most);
  }

  #typed(typed: TextValue | undefined, context: Context, depth: number): readonly Head[] {
    if (typed === undefined) return nothing;
    return this.#heads(typed, this.rootOf(context.module), depth + 1).filter((head) => {
      const type = head.value.kind === "reference" && head.value.to.kind === "new" ? head.value.to.class : undefined;
      if (type?.kind !== "reference" || type.to.kind === "global") return true;
      return this.#heads(type, head.context, depth + 1).length > 0;
    });
  }

  #import(value: TextValue, specifier: string, name: string, context: Context, depth: number): readonly Head[] {
    const module = this.module(context.module.path, specifier);
    if (module === undefined) return [{ value, context }];
    return name === "*" ? [{ value, context: this.rootOf(context.module) }] : this.#exported(module, name, depth + 1);
  }

  #exported(module: ModuleFacts, name: string, depth: number): readonly Head[] {
    if (depth > deepest) return nothing;
    const root = this.rootOf(module);
    const value = module.exports.get(name);
    if (value !== undefined) return this.#heads(value, root, depth + 1);
    for (const specifier of name === "default" ? [] : module.stars) {
      const target = this.module(module.path, specifier);
      const found = target === undefined ? nothing : this.#exported(target, name, depth + 1);
      if (found.length > 0) return found;
    }
    const whole = module.exports.get("default");
    if (name !== "default" && whole !== undefined) return this.#heads(whole, root, depth + 1).flatMap((head) => this.member(head, name, depth + 1));
    // `import db from "./db"` of a CommonJS module that sets `exports.x` is the module as a whole.
    return name === "default" && module.exports.size > 0 ? [{ value: referTo({ kind: "object", members: module.exports, spreads: [] }), context: root }] : nothing;
  }

  member(head: Head, name: string, depth = 0): readonly Head[] {
    if (depth > deepest) return nothing;
    const { value, context } = head;
    if (value.kind === "list") {
      const element = elementsIn(value.of)?.[Number(name)];
      return element === undefined ? nothing : this.#heads(element, context, depth + 1);
    }
    if (value.kind !== "reference") return nothing;
    const { to } = value;
    switch (to.kind) {
      case "object": {
        const member = to.members.get(name);
        if (member !== undefined) return this.#heads(member, context, depth + 1);
        for (const spread of [...to.spreads].reverse()) {
          const found = this.#heads(memberOf(spread, name), context, depth + 1);
          if (found.length > 0) return found;
        }
        return nothing;
      }
      case "import": {
        const module = this.module(context.module.path, to.specifier);
        return module === undefined ? [head] : this.#exported(module, name, depth + 1);
      }
      case "new":
        return this.#instanceMember(head, name, depth);
      case "class":
        return this.#staticMember(head, name, depth);
      case "function":
        return name === "bind" || name === "call" ? [head] : nothing;
      case "binding":
        return name === "withSession" ? [head] : nothing;
      default:
        return nothing;
    }
  }

  #instanceMember(instance: Head, name: string, depth: number): readonly Head[] {
    const to = instance.value.kind === "reference" && instance.value.to.kind === "new" ? instance.value.to : undefined;
    if (to === undefined) return nothing;
    const classes = this.#heads(to.class, instance.context, depth + 1);
    return classes.flatMap((found) => {
      const of = this.classOf(found);
      // An object of a class of another package stands for what is made by it.
      if (of === undefined) return name === "withSession" || isPackage(found) ? [instance] : nothing;
      if (of.facts.isInterface) {
        const implemented = this.#implementations(of.facts).flatMap((one) => this.member(one, name, depth + 1));
        if (implemented.length > 0) return implemented;
      }
      const frame = to.arguments === undefined ? undefined : constructed(of, to.arguments.map((value) => ({ value, context: instance.context })), true, instance);
      return this.#classMember(of.module, of.facts, name, instance, frame, depth + 1);
    }).slice(0, most);
  }

  /** A member of a class or of what it extends, for one object of it. */
  #classMember(module: ModuleFacts, facts: ClassFacts, name: string, self: Head, frame: Frame | undefined, depth: number): readonly Head[] {
    if (depth > deepest) return nothing;
    const value = facts.members.get(name);
    const context: Context = { module, frame: frame ?? { function: undefined, arguments: [], complete: false, self, outer: undefined } };
    if (value !== undefined) return this.#heads(value, context, depth + 1).map((head) => (this.functionOf(head) === undefined ? head : { ...head, self }));
    const [base] = facts.base === undefined ? [] : this.#heads(facts.base, this.rootOf(module), depth + 1);
    const of = base === undefined ? undefined : this.classOf(base);
    if (of === undefined) return base !== undefined && isPackage(base) ? [base] : nothing;
    const handed = facts.superArguments?.map((argument) => ({ value: argument.value, context })) ?? (facts.constructorFunction === undefined ? frame?.arguments : undefined);
    const outer = handed === undefined ? undefined : constructed(of, handed, facts.superArguments !== undefined || frame?.complete === true, self);
    return this.#classMember(of.module, of.facts, name, self, outer, depth + 1);
  }

  #staticMember(head: Head, name: string, depth: number): readonly Head[] {
    const of = this.classOf(head);
    if (of === undefined || depth > deepest) return nothing;
    const value = of.facts.statics.get(name);
    if (value !== undefined) return this.#heads(value, this.rootOf(of.module), depth + 1);
    return of.facts.base === undefined ? nothing : this.#heads(of.facts.base, this.rootOf(of.module), depth + 1).flatMap((base) => this.#staticMember(base, name, depth + 1));
  }

  #each(head: Head, depth: number): readonly Head[] {
    const { value, context } = head;
    const elements = value.kind === "list" ? (elementsIn(value.of) ?? []) : value.kind === "reference" && value.to.kind === "object" ? [...value.to.members.values()] : [];
    return elements.flatMap((element): readonly Head[] => {
      const heads = this.#heads(element, context, depth + 1);
      // One that is not known stays among them, so that the others are not taken for all.
      return heads.length > 0 ? heads : [{ value: { kind: "hole", source: undefined, as: undefined, why: "an element of the list is not known" }, context }];
    });
  }

  #called(callee: TextValue, handed: readonly Head[], context: Context, depth: number): readonly Head[] {
    // What the function is taken from is not what its result depends on.
    const { open, guessed } = this;
    const callees = this.#heads(callee, context, depth + 1);
    this.open = open;
    this.guessed = guessed;
    const found = callees.flatMap((head) => {
      const facts = this.functionOf(head);
      if (facts?.returns !== undefined) {
        const frame: Frame = { function: facts, arguments: handed, complete: true, self: head.self, outer: head.context.frame };
        return this.#heads(facts.returns, { module: head.context.module, frame }, depth + 1);
      }
      const kind = head.value.kind === "reference" ? head.value.to.kind : undefined;
      return kind === "binding" || kind === "new" ? [head] : [];
    });
    if (found.length > 0) return found.slice(0, most);
    // `withCache(async (id) => …)`: what wraps a function is taken for it.
    const functions = callees.every(isPackage) ? handed.flatMap((argument) => this.#heads(argument.value, argument.context, depth + 1)).filter((head) => this.functionOf(head) !== undefined) : [];
    return functions.length > 0 ? functions.slice(0, 1) : callees.filter(isPackage).slice(0, 1);
  }

  #keptUnder(name: string): readonly Head[] {
    if (this.#kept === undefined) {
      this.#kept = new Map();
      for (const module of this.#modules.values()) {
        for (const one of module.kept) this.#kept.set(one.name, [...(this.#kept.get(one.name) ?? []), { value: one.value, context: this.rootOf(module) }]);
      }
    }
    return this.#kept.get(name) ?? nothing;
  }

  #self(number: number, context: Context): readonly Head[] {
    for (let frame = context.frame; frame !== undefined; frame = frame.outer) if (frame.self !== undefined) return [frame.self];
    const facts = context.module.classes[number];
    if (facts === undefined) return nothing;
    const extending = this.#extending(facts);
    return extending.length > 0 ? extending : [instanceOf({ value: referTo({ kind: "class", class: number }), context: this.rootOf(context.module) })];
  }

  /** Objects of the classes that extend one, over any number of steps. */
  #extending(facts: ClassFacts): readonly Head[] {
    return this.#related(facts, (other) => (other.base === undefined ? [] : [other.base]));
  }

  #implementations(facts: ClassFacts): readonly Head[] {
    return this.#related(facts, (other) => other.implements);
  }

  #related(facts: ClassFacts, bases: (other: ClassFacts) => readonly TextValue[]): readonly Head[] {
    const known = this.#subclasses.get(facts);
    if (known !== undefined) return known;
    this.#subclasses.set(facts, nothing);
    const found: Head[] = [];
    const isMeant = (base: TextValue, module: ModuleFacts): boolean => this.#heads(base, this.rootOf(module), 1).some((head) => this.classOf(head)?.facts === facts);
    for (const module of this.#modules.values()) {
      const root = this.rootOf(module);
      module.classes.forEach((other, number) => {
        if (found.length >= most || !bases(other).some((base) => isMeant(base, module))) return;
        const below = this.#extending(other);
        found.push(...(below.length > 0 ? below : [instanceOf({ value: referTo({ kind: "class", class: number }), context: root })]));
      });
      if (!facts.isInterface) continue;
      for (const { type, value } of module.typedObjects) if (found.length < most && isMeant(type, module)) found.push({ value, context: root });
    }
    this.#subclasses.set(facts, found);
    return found;
  }
}
