provider "aws" {
  region = "eu-west-1"
}

variable "rotation" {
  type      = bool
  sensitive = true
  default   = false
}

resource "aws_kms_key" "off" {
  enable_key_rotation = var.rotation
}

resource "aws_kms_key" "on" {
  enable_key_rotation = !var.rotation
}
