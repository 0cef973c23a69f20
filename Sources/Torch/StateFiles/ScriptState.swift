/// Turns the tree of objects of a TorchScript archive into a state dictionary: `path.name` to tensor.
struct ScriptState {
    /// Bounds for hostile trees: objects may be shared, so the number of paths can be exponential in the file's size.
    private static let mostAttributes = 200_000
    private static let longestName = 1024

    private let values: StateValues
    private let path: String

    init(_ values: StateValues, path: String) {
        self.values = values
        self.path = path
    }

    /// Walks depth-first in the order of the attributes.
    ///
    /// What is neither a tensor nor an object is left out.
    func flattened(_ root: StateValues.Reference) throws(StateFileError) -> StateValue {
        guard case .object(let attributes) = values.nodes[root] else {
            throw StateFileError(.damaged, path: path, place: "data.pkl", "the root is not a TorchScript object")
        }
        var state = StateValues()
        let dictionary = state.addDictionary()
        guard case .dictionary(let place) = state.nodes[dictionary] else { return StateValue(state, root: dictionary) }
        var pending: [(attributes: Int, next: Int, prefix: String)] = [(attributes, 0, "")]
        var visited = 0
        while var level = pending.popLast() {
            let entries = values.dictionaries[level.attributes].entries
            guard level.next < entries.count else { continue }
            let (key, value) = entries[level.next]
            level.next += 1
            pending.append(level)
            visited += 1
            guard case .string(let name) = key else { continue }
            let fullName = level.prefix + name
            guard visited <= ScriptState.mostAttributes, fullName.utf8.count <= ScriptState.longestName else {
                throw StateFileError(.unsupported, path: path, place: "data.pkl", "the tree of objects is too large")
            }
            switch values.nodes[value] {
            case .tensor(let index):
                let tensor = state.addTensor(values.tensors[index])
                state.set(.string(fullName), tensor, inDictionary: place)
            case .object(let inner): pending.append((inner, 0, "\(fullName)."))
            default: break
            }
        }
        return StateValue(state, root: dictionary)
    }
}
