/// Where the values of a model's parameters come from.
public struct ParameterSource {
    let lookup: (String) -> Tensor?
    let names: [String]?
    let isFresh: (String) -> Bool
    let isStrict: Bool
    let generator: Generator
    var isOutline = false

    /// One zero behind all elements of each parameter: what a model declares, without the memory for it.
    ///
    /// For counting; the parameters cannot be trained.
    package static var outline: ParameterSource {
        var source = random()
        source.isOutline = true
        return source
    }

    /// New values, drawn from a generator in the order of declaration.
    ///
    /// - Parameter generator: the source of randomness; its device is where the model lives.
    /// - Returns: the source.
    public static func random(_ generator: Generator = Generator(seed: 0)) -> ParameterSource {
        ParameterSource(lookup: { _ in nil }, names: nil, isFresh: { _ in true }, isStrict: true, generator: generator)
    }

    /// The tensors of a checkpoint.
    ///
    /// - Parameters:
    ///   - tensors: by the reference's names. Each is handed out as it is (copied if it has
    ///     gaps or another order), so give every model tensors of its own.
    ///   - fresh: which names may be missing and then get new values.
    ///   - isStrict: whether names that the model does not declare are an error.
    ///   - generator: the source of new values; its device is where they are made.
    /// - Returns: the source.
    public static func checkpoint(
        _ tensors: [String: Tensor], fresh: @escaping (String) -> Bool = { _ in false }, isStrict: Bool = true,
        generator: Generator = Generator(seed: 0)
    ) -> ParameterSource {
        ParameterSource(
            lookup: { tensors[$0] }, names: tensors.keys.sorted(), isFresh: fresh, isStrict: isStrict,
            generator: generator)
    }
}

/// The parameters of a model, by name and in the order of declaration.
public struct Parameters: Sendable {
    enum Role: Sendable { case parameter, buffer }

    struct Entry: Sendable {
        let name: String
        let tensor: Tensor
        let role: Role
    }

    let entries: [Entry]
    let index: [String: Int]

    init(entries: [Entry]) {
        self.entries = entries
        index = Dictionary(entries.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Builds a model, or a part of one, from a source of parameters.
    ///
    /// - Parameters:
    ///   - source: new values or a checkpoint.
    ///   - body: makes the model under the root scope.
    /// - Returns: the model and the table of its parameters.
    /// - Throws: `ParameterError` with everything that does not fit.
    public static func build<Model>(
        _ source: ParameterSource, _ body: (Scope) -> Model
    ) throws(ParameterError) -> (model: Model, parameters: Parameters) {
        let builder = ParameterBuilder(source)
        let model = body(Scope(builder: builder, path: ""))
        return (model, try builder.finish())
    }

    /// All names, buffers included, in the order of declaration.
    public var names: [String] { entries.map(\.name) }

    /// The tensor of a name.
    ///
    /// - Parameter name: the full name.
    public subscript(name: String) -> Tensor? { index[name].map { entries[$0].tensor } }

    /// The number of elements of all parameters whose name passes; buffers do not count.
    ///
    /// - Parameter isIncluded: the filter.
    /// - Returns: the number of elements.
    public func count(where isIncluded: (String) -> Bool = { _ in true }) -> Int {
        entries.reduce(0) { $0 + ($1.role == .parameter && isIncluded($1.name) ? $1.tensor.count : 0) }
    }

    /// All tensors by name, buffers included: what a checkpoint holds.
    public var tensors: [String: Tensor] {
        Dictionary(entries.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
    }

    /// Switches training on for the parameters whose name passes and off for all others: the only place that does.
    ///
    /// - Parameter isTrained: the filter.
    /// - Returns: the trained parameters, in the order of declaration.
    @discardableResult
    public func train(_ isTrained: (String) -> Bool) -> TrainedParameters {
        let trained = entries.filter { entry in
            let trains = entry.role == .parameter && entry.tensor.dtype.isFloatingPoint && isTrained(entry.name)
            entry.tensor.setRequiresGradient(trains)
            if !trains { entry.tensor.clearGradient() }
            return trains
        }
        return TrainedParameters(entries: trained)
    }
}

/// The parameters that training changes.
public struct TrainedParameters: Sendable {
    let entries: [Parameters.Entry]

    /// Their names, in the order of declaration.
    public var names: [String] { entries.map(\.name) }

    /// Their tensors, in the same order.
    public var tensors: [Tensor] { entries.map(\.tensor) }

    /// The number of elements.
    public var count: Int { entries.reduce(0) { $0 + $1.tensor.count } }

    /// The ones that pass a filter by name and tensor.
    ///
    /// - Parameter isIncluded: the filter.
    /// - Returns: a part of these.
    public func filter(_ isIncluded: (String, Tensor) -> Bool) -> TrainedParameters {
        TrainedParameters(entries: entries.filter { isIncluded($0.name, $0.tensor) })
    }

    /// Forgets all gradients.
    public func clearGradients() { entries.forEach { $0.tensor.clearGradient() } }
}

/// Collects the declarations of one build.
final class ParameterBuilder {
    private let source: ParameterSource
    private var entries: [Parameters.Entry] = []
    private var declared: Set<String> = []
    private var problems = ParameterError()

    init(_ source: ParameterSource) { self.source = source }

    func declare(_ name: String, _ shape: [Int], _ initial: Initial, role: Parameters.Role) -> Tensor {
        if !declared.insert(name).inserted { problems.duplicates.append(name) }
        let tensor = value(name, shape, initial)
        entries.append(Parameters.Entry(name: name, tensor: tensor, role: role))
        return tensor
    }

    private func value(_ name: String, _ shape: [Int], _ initial: Initial) -> Tensor {
        guard let found = source.lookup(name) else {
            if source.isOutline { return .zeros([]).expanded(shape) }
            if source.isFresh(name) { return initial.tensor(shape, source.generator) }
            problems.missing.append(name)
            return .zeros([0])  // the build fails; a false configuration must not decide how much is allocated
        }
        guard found.shape == shape, found.dtype.isFloatingPoint else {
            let dtype = found.dtype.isFloatingPoint ? "" : " of \(found.dtype)"
            problems.mismatched.append(
                .init(name: name, expected: "\(shape)", found: "\(found.shape)\(dtype)"))
            return .zeros([0])
        }
        return found.contiguous()  // the optimisers' kernels walk over memory, not over strides
    }

    func finish() throws(ParameterError) -> Parameters {
        if source.isStrict, let names = source.names { problems.unexpected = names.filter { !declared.contains($0) } }
        guard problems.isEmpty else {
            problems.missing.sort()
            problems.duplicates.sort()
            problems.mismatched.sort { $0.name < $1.name }
            throw problems
        }
        return Parameters(entries: entries)
    }
}
