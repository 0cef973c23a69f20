public import Torch

/// How the processes of a run share a loss that compares clips with each other.
///
/// Every process computes its share of the loss; the shares add up to it, and so do their gradients.
public struct LossSharing: Sendable {
    /// What clips of other processes are to a contrastive loss.
    public enum Scope: String, Codable, Sendable, CaseIterable {
        /// Clips like its own: the result is that of one process with the whole batch.
        case all
        /// Nothing: each process compares its own clips only, as M2-CLIP's released code does.
        case own
    }

    /// The processes.
    public let group: ProcessGroup
    /// What clips of other processes are.
    public let scope: Scope

    /// Makes a rule.
    ///
    /// - Parameters:
    ///   - group: the processes.
    ///   - scope: what clips of other processes are to a contrastive loss.
    public init(_ group: ProcessGroup = .alone, scope: Scope = .all) {
        self.group = group
        self.scope = scope
    }

    /// Whether clips of other processes count.
    var isShared: Bool { scope == .all && group.size > 1 }

    /// The rows of all processes, in the order of ranks, with a graph through all of them; its own where they do not
    /// count.
    func gathered(_ rows: Tensor, of batch: TrainingBatch) throws(ProcessGroupError) -> Tensor {
        guard isShared else { return rows }
        return try group.gathered(batch.isPadding ? rows.slice(0, 0..<0) : rows)
    }

    /// The factor of a loss over gathered rows that makes it this process's share.
    ///
    /// - Parameters:
    ///   - rows: the number of rows that the loss is a mean over.
    ///   - batch: what this process has of the step.
    /// - Returns: the factor.
    func share(ofMeanOver rows: Int, of batch: TrainingBatch) -> Double {
        isShared ? Double(rows) / Double(batch.total) / Double(group.size) : batch.share
    }

    /// The sum over processes of a number that has no graph; its own where they do not count.
    func total(_ count: Tensor) throws(ProcessGroupError) -> Tensor {
        guard isShared else { return count }
        let sum = count.detached().cloned()
        try group.sum([sum])
        return sum
    }
}
