/// The models that travel with the program; all know the synthetic world Puppets only.
public enum BundledModel: String, Sendable, CaseIterable {
    /// verb-tiny adapted to video by M2-CLIP, which tells the order of time: what is used where no model is named.
    case video = "verb-tiny-m2clip"
    /// A distilled ActionCLIP a fourth as large: for live use, where a millisecond counts more than the last percent.
    case student = "verb-tiny-student"
    /// A CLIP of single pictures: the frozen start of training.
    case clip = "verb-tiny"

    /// The model that is used where none is named.
    public static let standard = BundledModel.video

    /// The name that users call it by, and its folder's.
    public var name: String { rawValue }
}
