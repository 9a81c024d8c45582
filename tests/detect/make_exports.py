#!/usr/bin/env python3
"""Real ONNX exports with random weights, and the boxes that each package's own code makes of one picture.

  make_exports.py DIR         then run detect_test with CHAIRSIDE_EXPORTS=DIR

By hand, with the packages of make_goldens.py on PYTHONPATH; exports are megabytes of noise, so they are not kept.
The picture is pixel (x, y, channel) = (7x + 13y + 29 channel) mod 256, in the channel order that the model takes.
"""
import json
import sys
import types
from pathlib import Path

import numpy as np
import torch
import torchvision

from make_goldens import module_of

IOU = 0.6


def picture(width, height):
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return ((7 * x + 13 * y + 29 * c) % 256).astype(np.float32)


def between(scores, count):
    """A threshold that about `count` scores pass, in the middle of the widest gap near there: no rounding can cross it."""
    ordered = np.sort(scores)[::-1]
    near = ordered[max(1, count - 8):count + 8]
    at = np.argmax(near[:-1] - near[1:])
    return float((near[at] + near[at + 1]) / 2)


def export(folder, name, model, pixels, names, config, expected):
    batch = torch.from_numpy(pixels.transpose(2, 0, 1)[None].copy())
    torch.onnx.export(model, batch, str(folder / f"{name}.onnx"), opset_version=16, input_names=["images"], output_names=names)
    expected = sorted(([float(v) for v in row] for row in expected), key=lambda r: -r[4])
    (folder / f"{name}.json").write_text(json.dumps({**config, "iou": IOU, "expected": expected}), encoding="utf-8")
    print(f"{name}: {len(expected)} boxes over {config['score']:.5f}")


def yolox(folder):
    loguru = types.ModuleType("loguru")
    loguru.logger = types.SimpleNamespace(info=print)
    sys.modules.setdefault("loguru", loguru)
    boxes, demo = module_of("yolox", "utils/boxes"), module_of("yolox", "utils/demo_utils")
    utils = sys.modules["yolox.utils"]
    utils.bboxes_iou, utils.meshgrid, utils.cxcywh2xyxy, utils.visualize_assign = boxes.bboxes_iou, torch.meshgrid, None, None
    for part in ("network_blocks", "darknet", "losses"):
        module_of("yolox", "models/" + part)
    pafpn, head = module_of("yolox", "models/yolo_pafpn"), module_of("yolox", "models/yolo_head")

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.backbone = pafpn.YOLOPAFPN(0.33, 0.25, depthwise=True)
            self.head = head.YOLOXHead(3, 0.25, depthwise=True)
            self.head.decode_in_inference = False  # as tools/export_onnx.py does

        def forward(self, x):
            return self.head(self.backbone(x))
    model = Model().eval()
    pixels = picture(96, 64)
    with torch.no_grad():
        raw = model(torch.from_numpy(pixels.transpose(2, 0, 1)[None].copy())).numpy()
    score = between((raw[0, :, 4:5] * raw[0, :, 5:]).max(1), 40)
    found = boxes.postprocess(torch.from_numpy(demo.demo_postprocess(raw.copy(), (64, 96))), 3, score, IOU)[0].numpy()
    found = found[found[:, 6] == 0]
    export(folder, "yolox", model, pixels, ["output"], {"score": score, "decoder": "yolox"},
           np.hstack([found[:, :4], (found[:, 4] * found[:, 5])[:, None]]))


def rt_detr(folder):
    from transformers import RTDetrConfig, RTDetrForObjectDetection, RTDetrResNetConfig
    from transformers.models.rt_detr.image_processing_rt_detr import RTDetrImageProcessor
    backbone = RTDetrResNetConfig(embedding_size=16, hidden_sizes=[16, 32, 32, 64], depths=[1, 1, 1, 1], layer_type="basic",
                                  out_features=["stage2", "stage3", "stage4"])
    config = RTDetrConfig(backbone_config=backbone, encoder_hidden_dim=32, encoder_in_channels=[32, 32, 64], d_model=32, encoder_ffn_dim=32,
                          decoder_ffn_dim=32, decoder_layers=1, encoder_layers=1, num_queries=50, decoder_in_channels=[32, 32, 32],
                          num_labels=3, decoder_attention_heads=2, encoder_attention_heads=2, feat_strides=[8, 16, 32])
    network = RTDetrForObjectDetection(config).eval()

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, x):
            done = self.network(pixel_values=x)
            return done.logits, done.pred_boxes
    pixels = picture(96, 64) / 255  # the processor's own rescaling
    with torch.no_grad():
        logits, boxes = Model()(torch.from_numpy(pixels.transpose(2, 0, 1)[None].copy()))
    score = between(logits.sigmoid().flatten().numpy(), 30)
    done = RTDetrImageProcessor().post_process_object_detection(types.SimpleNamespace(logits=logits, pred_boxes=boxes), score, [(64, 96)])[0]
    found = [[*b, s] for b, s, c in zip(done["boxes"].numpy(), done["scores"].numpy(), done["labels"].numpy()) if c == 0]
    export(folder, "rtdetr", Model(), pixels, ["logits", "pred_boxes"], {"score": score, "decoder": "detr"}, found)


def settle(network, batch):
    """Gives the normalisation layers this picture's statistics: without them all signal dies on its way through."""
    for part in network.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.momentum = None
    with torch.no_grad():
        network.train()
        network.head(list(network.backbone(torch.cat([batch, batch.flip(3)])).values()))
        network.eval()
    for weights in network.head.classification_head.parameters():
        weights.data *= 2


def ssdlite(folder):
    """torchvision's SSDLite, cut before its suppression: boxes decoded by its own box coder and clipped, softmax with background."""
    network = torchvision.models.detection.ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=3, topk_candidates=10000,
                                                                         nms_thresh=IOU, detections_per_img=300).eval()
    pixels = picture(320, 320) / 255
    settle(network, torch.from_numpy(pixels.transpose(2, 0, 1)[None].copy()) * 2 - 1)

    class Model(torch.nn.Module):
        def __init__(self, anchors):
            super().__init__()
            self.network, self.anchors = network, anchors

        def forward(self, x):
            head = self.network.head(list(self.network.backbone(x * 2 - 1).values()))  # its mean and deviation are 0.5
            boxes = self.network.box_coder.decode_single(head["bbox_regression"][0], self.anchors)
            return boxes[None].clamp(0, 320) / 320, head["cls_logits"].softmax(-1)
    batch = torch.from_numpy(pixels.transpose(2, 0, 1)[None].copy())
    with torch.no_grad():
        images, _ = network.transform([batch[0]])
        features = list(network.backbone(images.tensors).values())
        anchors = network.anchor_generator(images, features)
        head = network.head(features)
        score = between(head["cls_logits"].softmax(-1)[0, :, 1].numpy(), 60)
        network.score_thresh = score
        done = network.postprocess_detections(head, anchors, images.image_sizes)[0]
    found = [[*b, s] for b, s, c in zip(done["boxes"].numpy(), done["scores"].numpy(), done["labels"].numpy()) if c == 1]
    export(folder, "ssdlite", Model(anchors[0]), pixels, ["boxes", "scores"], {"score": score, "decoder": "ssd-raw", "scale": 1 / 255}, found)


def main():
    torch.manual_seed(7)
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for make in (yolox, rt_detr, ssdlite):
        make(folder)


if __name__ == "__main__":
    main()
