public import Video

/// The kernel of a resize.
public enum ResizeKernel: String, Sendable, Codable, CaseIterable {
    /// Pillow's bilinear kernel on 8-bit pictures, wider when shrinking.
    case pillowBilinear = "pillow_bilinear"
    /// Pillow's bicubic kernel on 8-bit pictures, wider when shrinking.
    case pillowBicubic = "pillow_bicubic"
    /// The plain bilinear kernel on normalised pictures.
    case bilinear
    /// The plain bicubic kernel (a = -0.75) on normalised pictures.
    case bicubic

    /// What computes it.
    enum Family {
        case pillow(ResizeFilter)
        case plain(PlainKernel)
    }

    var family: Family {
        switch self {
        case .pillowBilinear: .pillow(.bilinear)
        case .pillowBicubic: .pillow(.bicubic)
        case .bilinear: .plain(.bilinear)
        case .bicubic: .plain(.bicubic)
        }
    }

    /// How long the long side becomes in evaluation; each family of references has its own way.
    public var shortSideRule: ShortSideRule {
        switch family {
        case .pillow: .pillow
        case .plain: .integerFloor
        }
    }

    /// Where the centre crop of evaluation begins.
    public var centreRule: CentreRule {
        switch family {
        case .pillow: .roundHalfEven
        case .plain: .floor
        }
    }
}
