"""Tags of the Multi-Picture Format (CIPA DC-007)."""

MPF = {
    0xB000: "MPFVersion",
    0xB001: "NumberOfImages",
    0xB002: "MPImageList",
    0xB003: "ImageUIDList",
    0xB004: "TotalFrames",
    0xB101: "MPIndividualNum",
    0xB201: "PanOrientation",
    0xB202: "PanOverlapH",
    0xB203: "PanOverlapV",
    0xB204: "BaseViewpointNum",
    0xB205: "ConvergenceAngle",
    0xB206: "BaselineLength",
    0xB207: "VerticalDivergence",
    0xB208: "AxisDistanceX",
    0xB209: "AxisDistanceY",
    0xB20A: "AxisDistanceZ",
    0xB20B: "YawAngle",
    0xB20C: "PitchAngle",
    0xB20D: "RollAngle",
}
