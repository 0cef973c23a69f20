/// What the answers about a list of videos say, group by group: the file `report.json`.
///
/// Source: the threefold distillation page, section 3.2, step 8.
public struct SpatialReport: Codable, Sendable, Equatable {
    /// What became of one group.
    public struct Group: Codable, Sendable, Equatable {
        /// The group's name.
        public let name: String
        /// How many answers a frame has.
        public let mode: SpatialGroup.Mode
        /// All its labels, those that are left out too.
        public let labels: [String]
        /// What they say.
        public let information: SpatialInformation
        /// The labels that too few videos have.
        public let removedLabels: [String]
        /// Why the group is left out; nil where it is kept.
        public let reason: String?

        /// Whether there are targets of the group.
        public var isKept: Bool { reason == nil }
    }

    /// The number of videos of the list.
    public let videos: Int
    /// The videos that cannot be read.
    public let unreadable: [UnreadableVideo]
    /// The groups in the vocabulary's order.
    public let groups: [Group]
}
