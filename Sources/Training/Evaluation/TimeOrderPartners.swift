internal import Datasets

/// Which classes are each other's clips played backwards, where that is known: in Puppets.
public enum TimeOrderPartners {
    /// The partners of classes.
    ///
    /// - Parameter classes: the names of all classes.
    /// - Returns: for each class the position of its partner, or nil; nothing where a class is none of Puppets'.
    public static func of(_ classes: [String]) -> [Int?] {
        let actions = classes.map { Puppets.action(named: $0) }
        guard actions.allSatisfy({ $0 != nil }) else { return [] }
        return actions.map { action in (action?.partner?.name).flatMap(classes.firstIndex) }
    }
}
