provider "aws" {
  region = "eu-west-1"
}

variable "enabled" {
  type      = bool
  sensitive = true
  default   = false
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
  is_enabled          = var.enabled
}
