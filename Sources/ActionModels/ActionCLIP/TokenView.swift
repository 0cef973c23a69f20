/// The second head of `Transf`: a learned token reads the clip beside the mean of its frames.
///
///     [h_q; h_1; …; h_T] = blocks([q; x_1 + p_1; …; x_T + p_T])
///     v_F = (1/T) Σₜ (hₜ + xₜ),   v_Q = h_q + r (1/T) Σₜ xₜ
///
/// The two heads learn different things from the same target only as long as they read the video differently.
/// Source: Huntink, "Bridging the gap: Threefold knowledge distillation", technique III; section 4.2 of its page.
public struct TokenView: Codable, Sendable, Equatable {
    /// What leads from each view to the texts' space.
    public enum Projection: String, Codable, Sendable, CaseIterable {
        /// Nothing: both views meet the same text features as they are.
        case shared
        /// A matrix of its own for each view, at first the identity, as DeiT has two classifiers.
        case separate
    }

    /// What the second view is read from.
    public enum Readout: String, Codable, Sendable, CaseIterable {
        /// A learned token.
        case token
        /// The largest value of each channel over the frames' states; there is no token.
        case max
        /// The last frame's state; there is no token.
        case last
    }

    /// Where the token stands.
    public enum Level: String, Codable, Sendable, CaseIterable {
        /// Before the frames, in the temporal transformer.
        case temporal
        /// Beside the class token of every frame, in the image tower; the mean over frames is taken.
        case spatial
    }

    /// The share r of the frames' mean in the second view; with 1 a new model starts at CLIP's own mean.
    public var residual = 1.0
    /// Whether nothing attends to the token, `mask_token_from_frames`: the first view is then that of a one-headed model.
    public var hidesFromFrames = false
    /// What leads from each view to the texts' space.
    public var projection = Projection.shared
    /// What the second view is read from.
    public var readout = Readout.token
    /// Where the token stands.
    public var level = Level.temporal

    /// Makes the page's second head.
    public init() {}

    /// The number of tokens that join the frames in the temporal transformer: 1 or 0.
    var frameTokens: Int { readout == .token && level == .temporal ? 1 : 0 }

    /// The parameters that it adds to features of a width, on an image tower of a width.
    func parameters(width e: Int, imageWidth: Int) -> Int {
        let token = readout == .token ? (level == .temporal ? e : imageWidth) : 0
        return token + projectionMACs(width: e)
    }

    /// The operations of the projections of one clip, as many as they have parameters.
    func projectionMACs(width e: Int) -> Int { projection == .separate ? 2 * e * e : 0 }

    /// Checks that the choices fit each other.
    func validate(_ temporal: TemporalModelling) throws(ActionModelError) {
        guard residual.isFinite else { throw .badConfiguration("token residual \(residual)") }
        guard readout == .token || (level == .temporal && !hidesFromFrames) else {
            throw .badConfiguration(
                "token readout \(readout.rawValue) reads the frames' states and has no token: "
                    + "set level to temporal and hidesFromFrames to false")
        }
        guard level == .temporal || temporal == .none else {
            throw .badConfiguration(
                "token level spatial puts a token among the patches of each frame, which temporal modelling "
                    + "\(temporal.rawValue) moves between frames: set one of them to the default")
        }
    }
}
