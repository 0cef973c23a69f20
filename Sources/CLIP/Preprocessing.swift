internal import Foundation
public import Torch
public import Video

/// How pictures become a model's input.
public struct Preprocessing: Codable, Sendable, Equatable {
    /// What a picture that is not square is brought to.
    public enum ResizeMode: String, Codable, Sendable, CaseIterable {
        /// The shorter side becomes the image size, the middle is cropped.
        case shortest
        /// The longer side becomes the image size, the rest is filled.
        case longest
        /// Both sides become the image size.
        case squash
    }

    /// The side of the square input in pixels.
    public var imageSize: Int
    /// The shorter side in pixels before the crop, for `shortest`; nil means the image size.
    public var shortSide: Int?
    /// Subtracted from values in 0...1, for R, G, B.
    public var mean: [Double]
    /// Divided by afterwards, for R, G, B.
    public var std: [Double]
    /// The resampling kernel.
    public var interpolation: ResizeFilter
    /// What a picture that is not square is brought to.
    public var resizeMode: ResizeMode
    /// Where the middle crop begins.
    public var cropRule: CentreRule

    /// The mean that OpenAI's models were trained with.
    public static let clipMean = [0.48145466, 0.4578275, 0.40821073]
    /// The standard deviation that OpenAI's models were trained with.
    public static let clipStd = [0.26862954, 0.26130258, 0.27577711]

    /// Makes CLIP's evaluation preprocessing.
    ///
    /// - Parameter imageSize: the side of the square input in pixels.
    public init(imageSize: Int) {
        self.imageSize = imageSize
        mean = Self.clipMean
        std = Self.clipStd
        interpolation = .bicubic
        resizeMode = .shortest
        cropRule = .roundHalfEven
    }

    /// The evaluation preprocessing of M2-CLIP and ST-Adapter (cubic) and of EVL (bilinear), as near as 8-bit pictures
    /// allow: the short side becomes the image size, the middle is rounded down.
    ///
    /// Their references resize normalised numbers without antialiasing, which differs where pictures shrink.
    ///
    /// - Parameters:
    ///   - imageSize: the side of the square input in pixels.
    ///   - isBilinear: whether the kernel is linear.
    /// - Returns: the settings.
    public static func video(imageSize: Int, isBilinear: Bool) -> Preprocessing {
        var preprocessing = Preprocessing(imageSize: imageSize)
        preprocessing.cropRule = .floor
        if isBilinear { preprocessing.interpolation = .bilinear }
        return preprocessing
    }

    /// Resizes and crops one picture, bit for bit as Pillow.
    ///
    /// - Parameter frame: a picture of any size.
    /// - Returns: a square of the image size.
    public func prepared(_ frame: Frame) -> Frame {
        switch resizeMode {
        case .shortest: return frame.centreSquare(imageSize, short: shortSide, filter: interpolation, centre: cropRule)
        case .squash:
            return frame.resized(to: PixelSize(width: imageSize, height: imageSize), filter: interpolation)
        case .longest:
            let scale = Double(imageSize) / Double(max(frame.width, frame.height))
            func side(_ length: Int) -> Int { max(1, Int((Double(length) * scale).rounded(.toNearestOrEven))) }
            let size = PixelSize(width: side(frame.width), height: side(frame.height))
            return frame.resized(to: size, filter: interpolation).centred(in: imageSize)
        }
    }

    /// Turns pictures into normalised input.
    ///
    /// - Parameter frames: pictures of any size, at least one.
    /// - Returns: float32 `[B, 3, H, W]`.
    public func input(_ frames: [Frame]) -> Tensor { normalized(Self.packed(frames.map(prepared))) }

    /// Puts pictures of one size into one tensor.
    ///
    /// - Parameter frames: pictures of equal size, at least one.
    /// - Returns: uint8 `[B, H, W, 3]`.
    public static func packed(_ frames: [Frame]) -> Tensor {
        let (height, width) = (frames[0].height, frames[0].width)
        precondition(frames.allSatisfy { $0.width == width && $0.height == height }, "packed: frames of several sizes")
        return Tensor(frames.flatMap(\.pixels), shape: [frames.count, height, width, 3])
    }

    /// Turns packed 8-bit pictures into normalised input.
    ///
    ///     (v / 255 - mean) / std
    ///
    /// - Parameter pixels: uint8 `[B, H, W, 3]`, already resized and cropped.
    /// - Returns: float32 `[B, 3, H, W]`.
    public func normalized(_ pixels: Tensor) -> Tensor {
        let scale = std.map { Float(1 / (255 * $0)) }, shift = zip(mean, std).map { Float(-$0 / $1) }
        let device = pixels.device
        let scales = Tensor(scale, shape: [3, 1, 1]).to(device: device)
        let shifts = Tensor(shift, shape: [3, 1, 1]).to(device: device)
        return pixels.permuted(0, 3, 1, 2).to(dtype: .float32) * scales + shifts  // [B, 3, H, W]
    }

    func validate(_ path: String) throws(CLIPError) {
        guard mean.count == 3, std.count == 3, std.allSatisfy({ $0 > 0 && $0.isFinite }), mean.allSatisfy(\.isFinite)
        else { throw .badConfiguration("\(path): mean \(mean) and std \(std) must be three finite numbers each") }
        guard (1...8192).contains(imageSize) else { throw .badConfiguration("\(path): image size \(imageSize)") }
        if let shortSide, !(imageSize...16_384).contains(shortSide) {
            throw .badConfiguration("\(path): a shorter side of \(shortSide) cannot hold a crop of \(imageSize)")
        }
    }

    static func kernel(named name: String, _ path: String) throws(CLIPError) -> ResizeFilter {
        guard let kernel = ResizeFilter(rawValue: name) else {
            throw .unsupported(path: path, feature: "interpolation \(name)")
        }
        return kernel
    }
}

extension Preprocessing {
    private struct HuggingFaceFile: Codable {
        enum Size: Codable {
            case side(Int), rectangle(Int, Int), shortest(Int)

            private enum Keys: String, CodingKey { case shortest_edge, height, width }

            init(from decoder: any Decoder) throws {
                if let side = try? decoder.singleValueContainer().decode(Int.self) {
                    self = .side(side)
                    return
                }
                let container = try decoder.container(keyedBy: Keys.self)
                self =
                    if let edge = try container.decodeIfPresent(Int.self, forKey: .shortest_edge) {
                        .shortest(edge)
                    } else {
                        .rectangle(
                            try container.decode(Int.self, forKey: .height),
                            try container.decode(Int.self, forKey: .width))
                    }
            }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Keys.self)
                switch self {
                case .side(let side), .shortest(let side): try container.encode(side, forKey: .shortest_edge)
                case .rectangle(let height, let width):
                    try container.encode(height, forKey: .height)
                    try container.encode(width, forKey: .width)
                }
            }
        }

        var size: Size?
        var crop_size: Size?
        var resample: Int?
        var do_resize: Bool?
        var do_center_crop: Bool?
        var do_rescale: Bool?
        var do_normalize: Bool?
        var do_convert_rgb: Bool?
        var rescale_factor: Double?
        var image_mean: [Double]?
        var image_std: [Double]?
        var image_processor_type: String?
    }

    /// Reads Hugging Face's `preprocessor_config.json`.
    init(huggingFace data: Data, path: String, imageSize: Int) throws(CLIPError) {
        let file: HuggingFaceFile
        do { file = try JSONDecoder().decode(HuggingFaceFile.self, from: data) } catch {
            throw .unreadableConfiguration(path: path, detail: jsonProblem(error))
        }
        self.init(imageSize: imageSize)
        cropRule = .floor
        for (name, value) in [
            ("do_resize", file.do_resize), ("do_center_crop", file.do_center_crop), ("do_rescale", file.do_rescale),
            ("do_normalize", file.do_normalize),
        ] where value == false { throw .unsupported(path: path, feature: "\(name) = false") }
        if let factor = file.rescale_factor, abs(factor * 255 - 1) > 1e-6 {
            throw .unsupported(path: path, feature: "rescale_factor = \(factor)")
        }
        switch file.resample {
        case nil, 3: interpolation = .bicubic
        case 2: interpolation = .bilinear
        case .some(let code): throw .unsupported(path: path, feature: "resample = \(code)")
        }
        if let mean = file.image_mean { self.mean = mean }
        if let std = file.image_std { self.std = std }
        switch file.crop_size {
        case .side(let side), .shortest(let side): self.imageSize = side
        case .rectangle(let height, let width):
            guard height == width else { throw .unsupported(path: path, feature: "a crop of \(height)x\(width)") }
            self.imageSize = height
        case nil: break
        }
        switch file.size {
        case .side(let side), .shortest(let side): shortSide = side == self.imageSize ? nil : side
        case .rectangle(let height, let width):
            guard height == self.imageSize, width == self.imageSize else {
                throw .unsupported(path: path, feature: "a size of \(height)x\(width) before a crop")
            }
            resizeMode = .squash
        case nil: break
        }
        try validate(path)
    }

    /// Hugging Face's `preprocessor_config.json`.
    func huggingFaceData(path: String) throws(CLIPError) -> Data {
        guard resizeMode != .longest else { throw .unsupported(path: path, feature: "resize_mode longest") }
        let size: HuggingFaceFile.Size =
            resizeMode == .squash ? .rectangle(imageSize, imageSize) : .shortest(shortSide ?? imageSize)
        return try jsonData(
            HuggingFaceFile(
                size: size, crop_size: .rectangle(imageSize, imageSize), resample: interpolation == .bicubic ? 3 : 2,
                do_resize: true, do_center_crop: true, do_rescale: true, do_normalize: true, do_convert_rgb: true,
                rescale_factor: 1.0 / 255, image_mean: mean, image_std: std, image_processor_type: "CLIPImageProcessor"),
            path)
    }
}

extension Frame {
    /// The picture in the middle of a black square, as open_clip's `longest` pads it.
    fileprivate func centred(in side: Int) -> Frame {
        let (left, top) = ((side - width) / 2, (side - height) / 2)
        var canvas = [UInt8](repeating: 0, count: side * side * 3)
        for row in 0..<height {
            let target = ((top + row) * side + left) * 3
            canvas.replaceSubrange(target..<target + width * 3, with: pixels[row * width * 3..<(row + 1) * width * 3])
        }
        return Frame(width: side, height: side, pixels: canvas, time: time)
    }
}
