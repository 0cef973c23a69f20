import ActionModels
import Testing
import Training

/// What a case of training says; names are those of the file.
struct ActionCLIPTrajectoryCase: Decodable {
    struct Group: Decodable {
        let base_lr: Double?
        let parameters: [String]
    }
    struct Optimizer: Decodable {
        let betas: [Double]?
        let eps: Double?
        let groups: [Group]
        let lr_per_step: [[Double]]
    }
    struct Config: Decodable {
        let epoch_positions: [Double]
        let num_classes: Int
        let fix_text: Bool?
        let solver: Solver
    }
    private struct Ranges: Decodable { let ranges: [String: [Int]]? }

    let config: Config
    let optimizer: Optimizer
    private let do_not_compare: Ranges?
    private let sums_after_each_step: [String: [Double]]?

    /// The elements of parameters that are rounding noise, by the model's names.
    func ignored() throws -> [String: Range<Int>] {
        try renamed(do_not_compare?.ranges ?? [:]).mapValues { try #require($0.count == 2 ? $0[0]..<$0[1] : nil) }
    }

    /// The sums of parameters behind each step, by the model's names.
    func sums() throws -> [String: [Double]] { try renamed(sums_after_each_step ?? [:]) }

    /// The parameters of each group, by the model's names.
    var groupNames: [Set<String>] {
        optimizer.groups.map { Set($0.parameters.map(ActionCLIPLayout.canonicalName)) }
    }

    private func renamed<Value>(_ values: [String: Value]) throws -> [String: Value] {
        var result: [String: Value] = [:]
        for (name, value) in values {
            try #require(result.updateValue(value, forKey: ActionCLIPLayout.canonicalName(name)) == nil, "\(name)")
        }
        return result
    }
}

extension ActionCLIPTrajectoryCase {
    /// The reference's `solver` settings; what is left out is as in its configuration for Kinetics-400.
    struct Solver: Decodable {
        /// One number means all its multiples.
        enum Milestones: Decodable {
            case every(Double)
            case list([Double])

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let step = try? container.decode(Double.self) {
                    self = .every(step)
                } else {
                    self = .list(try container.decode([Double].self))
                }
            }
        }

        let optim: String?
        let lr: Double?
        let ratio: Double?
        let f_ratio: Double?
        let weight_decay: Double?
        let type: String?
        let epochs: Int?
        let lr_warmup_step: Double?
        let lr_decay_step: Milestones?
        let momentum: Double?
        let fix_text: Bool?
    }

    /// The recipe that the case was trained by.
    func recipe() throws -> ActionCLIPRecipe {
        var recipe = ActionCLIPRecipe()
        let solver = config.solver
        recipe.method = try method()
        recipe.learningRate = solver.lr ?? recipe.learningRate
        recipe.imageRatio = solver.ratio ?? recipe.imageRatio
        recipe.aggregatorRatio = solver.f_ratio ?? recipe.aggregatorRatio
        recipe.epochs = solver.epochs ?? recipe.epochs
        recipe.warmupEpochs = solver.lr_warmup_step ?? recipe.warmupEpochs
        recipe.decay = try decay(to: Double(recipe.epochs))
        recipe.isTextFixed = config.fix_text ?? solver.fix_text ?? false
        try recipe.validate()
        return recipe
    }

    private func method() throws -> ActionCLIPRecipe.Method {
        let decay = config.solver.weight_decay ?? 0.2
        switch config.solver.optim ?? "adamw" {
        case "adamw": return .adamW(weightDecay: decay)
        case "adam": return .adam
        case "sgd": return .sgd(momentum: config.solver.momentum ?? 0.9, weightDecay: decay)
        case let other: throw Unknown(description: "no optimiser \(other)")
        }
    }

    private func decay(to end: Double) throws -> EpochSchedule.Decay {
        switch config.solver.type ?? "cosine" {
        case "cosine": return .cosine
        case "multistep":
            switch config.solver.lr_decay_step ?? .every(15) {
            case .list(let milestones): return .multistep(milestones: milestones)
            case .every(let step):
                try #require(step > 0 && end / step <= 1e6)
                return .multistep(every: step, to: end)
            }
        case let other: throw Unknown(description: "no schedule \(other)")
        }
    }

    private struct Unknown: Error, CustomStringConvertible { let description: String }
}
