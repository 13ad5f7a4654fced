//! Numbers with a name in 11073-10101 and 11073-20601, as far as glucose meters use them.

/// Handle of the medical device system, the object that describes the meter itself.
pub const MDS_HANDLE: u16 = 0;

/// The data protocol of 11073-20601.
pub const DATA_PROTOCOL_20601: u16 = 0x5079;

/// Classes of objects.
pub mod class {
    /// A metric object that holds an enumeration.
    pub const ENUMERATION: u16 = 5;
    /// A metric object that holds a number.
    pub const NUMERIC: u16 = 6;
    /// A permanent store of metrics.
    pub const PM_STORE: u16 = 61;
}

/// Event types (`MDC_NOTI_...`).
pub mod event {
    /// `MDC_NOTI_CONFIG`: which objects the meter has.
    pub const CONFIGURATION: u16 = 0x0D1C;
    /// `MDC_NOTI_SEGMENT_DATA`: entries of a segment.
    pub const SEGMENT_DATA: u16 = 0x0D21;
}

/// Action types (`MDC_ACT_...`).
pub mod action {
    /// `MDC_ACT_SEG_CLR`: erases memory. Named only so that a simulated meter can tell when it is asked.
    pub const SEGMENT_CLEAR: u16 = 0x0C0C;
    /// `MDC_ACT_SEG_GET_INFO`: which segments the store has.
    pub const SEGMENT_GET_INFO: u16 = 0x0C0D;
    /// `MDC_ACT_SET_TIME`. Named only so that a simulated meter can tell when it is asked.
    pub const SET_TIME: u16 = 0x0C17;
    /// `MDC_ACT_SEG_TRIG_XFER`: send a segment.
    pub const SEGMENT_TRIGGER_TRANSFER: u16 = 0x0C1C;
}

/// Attributes (`MDC_ATTR_...`).
pub mod attribute {
    /// `MDC_ATTR_ID_INSTNO`.
    pub const INSTANCE_NUMBER: u16 = 0x0922;
    /// `MDC_ATTR_ID_MODEL`: manufacturer and model number.
    pub const MODEL: u16 = 0x0928;
    /// `MDC_ATTR_ID_PROD_SPECN`: serial number and versions.
    pub const PRODUCTION_SPECIFICATION: u16 = 0x092D;
    /// `MDC_ATTR_ID_TYPE`.
    pub const TYPE: u16 = 0x092F;
    /// `MDC_ATTR_METRIC_STORE_SAMPLE_ALG`.
    pub const STORE_SAMPLE_ALGORITHM: u16 = 0x0943;
    /// `MDC_ATTR_MSMT_STAT`: measurement status.
    pub const MEASUREMENT_STATUS: u16 = 0x0947;
    /// `MDC_ATTR_NUM_SEG`.
    pub const NUMBER_OF_SEGMENTS: u16 = 0x0951;
    /// `MDC_ATTR_OP_STAT`.
    pub const OPERATIONAL_STATE: u16 = 0x0953;
    /// `MDC_ATTR_SEG_USAGE_CNT`: entries in a segment.
    pub const SEGMENT_USAGE_COUNT: u16 = 0x097B;
    /// `MDC_ATTR_SYS_ID`: EUI-64.
    pub const SYSTEM_ID: u16 = 0x0984;
    /// `MDC_ATTR_TIME_ABS`: the meter's clock.
    pub const ABSOLUTE_TIME: u16 = 0x0987;
    /// `MDC_ATTR_TIME_END_SEG`.
    pub const SEGMENT_END_TIME: u16 = 0x098A;
    /// `MDC_ATTR_TIME_STAMP_ABS`.
    pub const ABSOLUTE_TIME_STAMP: u16 = 0x0990;
    /// `MDC_ATTR_TIME_START_SEG`.
    pub const SEGMENT_START_TIME: u16 = 0x0992;
    /// `MDC_ATTR_UNIT_CODE`.
    pub const UNIT_CODE: u16 = 0x0996;
    /// `MDC_ATTR_DEV_CONFIG_ID`.
    pub const DEVICE_CONFIGURATION_ID: u16 = 0x0A44;
    /// `MDC_ATTR_MDS_TIME_INFO`.
    pub const MDS_TIME_INFO: u16 = 0x0A45;
    /// `MDC_ATTR_METRIC_SPEC_SMALL`.
    pub const METRIC_SPECIFICATION_SMALL: u16 = 0x0A46;
    /// `MDC_ATTR_ENUM_OBS_VAL_SIMP_OID`: an enumeration's value as nomenclature code.
    pub const SIMPLE_OID_VALUE: u16 = 0x0A49;
    /// `MDC_ATTR_NU_VAL_OBS_BASIC`: a number as SFLOAT.
    pub const BASIC_NUMERIC_VALUE: u16 = 0x0A4C;
    /// `MDC_ATTR_PM_STORE_CAPAB`.
    pub const PM_STORE_CAPABILITIES: u16 = 0x0A4D;
    /// `MDC_ATTR_PM_SEG_MAP`: what an entry of a segment consists of.
    pub const SEGMENT_MAP: u16 = 0x0A4E;
    /// `MDC_ATTR_ATTRIBUTE_VAL_MAP`.
    pub const VALUE_MAP: u16 = 0x0A55;
    /// `MDC_ATTR_REG_CERT_DATA_LIST`.
    pub const CERTIFICATION: u16 = 0x0A4B;
    /// `MDC_ATTR_SYS_TYPE_SPEC_LIST`.
    pub const SYSTEM_TYPE_LIST: u16 = 0x0A5A;
    /// `MDC_ATTR_PM_SEG_LABEL_STRING`.
    pub const SEGMENT_LABEL: u16 = 0x0A58;
    /// `MDC_ATTR_TIME_ABS_ADJUST`: what was added to the clock since the segment was stored.
    pub const ABSOLUTE_TIME_ADJUST: u16 = 0x0A62;
    /// `MDC_ATTR_CLEAR_TIMEOUT`.
    pub const CLEAR_TIMEOUT: u16 = 0x0A63;
    /// `MDC_ATTR_TRANSFER_TIMEOUT`, in units of 125 microseconds.
    pub const TRANSFER_TIMEOUT: u16 = 0x0A64;
    /// `MDC_ATTR_ENUM_OBS_VAL_BASIC_BIT_STR`: an enumeration's value as bits.
    pub const BASIC_BIT_STRING: u16 = 0x0A66;
}

/// What a metric measures.
pub mod metric {
    /// Partition of glucose concentrations (SCADA).
    pub const PARTITION_SCADA: u16 = 2;
    /// Partition of what a person or device adds (PHD disease management).
    pub const PARTITION_DISEASE_MANAGEMENT: u16 = 128;
    /// Glucose in blood: capillary, venous, arterial and undetermined, each in whole blood and plasma.
    pub const GLUCOSE: [u16; 8] = [0x71B8, 0x71BC, 0x71C0, 0x71C4, 0x71C8, 0x71CC, 0x726C, 0x7270];
    /// Glucose in undetermined plasma, the code of Accu-Chek meters.
    pub const GLUCOSE_UNDETERMINED_PLASMA: u16 = 0x7270;
    /// Control solution.
    pub const CONTROL: u16 = 0x71D0;
    /// Status of the meter.
    pub const DEVICE_STATUS: u16 = 0x71D8;
    /// Exercise.
    pub const EXERCISE: u16 = 0x71E0;
    /// Carbohydrates.
    pub const CARBOHYDRATES: u16 = 0x71E4;
    /// Medication.
    pub const MEDICATION: u16 = 0x7204;
    /// Meal context.
    pub const MEAL: u16 = 0x7248;
}

/// Values of the meal context.
pub mod meal {
    /// Before a meal.
    pub const BEFORE: u16 = 0x724C;
    /// After a meal.
    pub const AFTER: u16 = 0x7250;
    /// Fasting.
    pub const FASTING: u16 = 0x7254;
    /// At no special time.
    pub const CASUAL: u16 = 0x7258;
    /// At bedtime.
    pub const BEDTIME: u16 = 0x7274;
}

/// Units (`MDC_DIM_...`).
pub mod unit {
    /// Milligrams per decilitre.
    pub const MG_PER_DL: u16 = 0x0852;
    /// Millimoles per litre.
    pub const MMOL_PER_L: u16 = 0x1272;
}
