variable "name" {
  type = string
}

variable "environment" {
  type    = string
  default = "dev"
}

variable "vpc_id" {
  type = string
}

variable "subnet_ids" {
  type = list(string)
}

variable "cpu" {
  type    = number
  default = 256
}

variable "memory" {
  type    = number
  default = 512
}

variable "replicas" {
  type    = number
  default = 1
}

variable "public" {
  description = "Whether it can be reached from outside."
  type        = bool
  default     = false
}

variable "kms_key_arn" {
  description = "The key for the data of the service."
  type        = string
  default     = null
}

variable "retention_days" {
  type    = number
  default = 30
}

variable "alarm_topics" {
  type    = list(string)
  default = []
}

variable "settings" {
  description = "What the service finds in its environment."
  type        = map(string)
  default     = {}
}

variable "tags" {
  type    = map(string)
  default = {}
}
