import PolicyEngine

/// What scripts find when they start: Ranger's names and macros, each of which asks the host.
enum ScriptPrelude {
    static let text: String = {
        var lines = [
            "(function (g) {",
            "var host = g.__host; delete g.__host;",
            "function ask(name) { return function () { return host(name, Array.prototype.slice.call(arguments)); }; }",
            "function lazy(o, name, key) {",
            "  Object.defineProperty(o, name, { get: function () { return host(key, []); }, configurable: true });",
            "}",
            "var ctx = {};",
            "Object.defineProperty(ctx, 'result', {",
            "  get: function () { return host('getResult', []); },",
            "  set: function (v) { host('setResult', [v]); }",
            "});",
            "g.ctx = ctx; g._ctx = ctx;",
            "g.J = JSON.stringify;",
        ]
        for name in ScriptNames.methods { lines.append("ctx.\(name) = ask('\(name)');") }
        for name in ScriptNames.values { lines.append("lazy(g, '\(name)', '$\(name)');") }
        for (macro, method) in ScriptNames.macros.sorted(by: { $0.key < $1.key }) {
            lines.append("g.\(macro) = ask('\(method)');")
        }
        lines += [
            "function add(p, name, f) {",
            "  if (!p[name]) Object.defineProperty(p, name, { value: f, writable: true, configurable: true });",
            "}",
            "add(Array.prototype, 'includes', function (x) { return this.indexOf(x) >= 0; });",
            "add(Array.prototype, 'intersects', function (o) {",
            "  return this.some(function (x) { return o.indexOf(x) >= 0; });",
            "});",
            "add(String.prototype, 'includes', function (x) { return this.indexOf(x) >= 0; });",
            "add(String.prototype, 'startsWith', function (x) { return this.slice(0, x.length) === x; });",
            "add(String.prototype, 'endsWith', function (x) {",
            "  return x.length <= this.length && this.slice(this.length - x.length) === x;",
            "});",
            "})(Function('return this')());",
        ]
        return lines.joined(separator: "\n")
    }()
}
